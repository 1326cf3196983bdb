import * as z from 'zod';
import { LocalReference } from '../schema/names.ts';
import { rules } from '../schema/rules.ts';

export const CloudInitData = z.string().max(65536);

export const CloudInit = z
  .object({
    userData: CloudInitData.optional().describe(
      'cloud-init user data, as a #cloud-config document or a script.',
    ),
    networkData: CloudInitData.optional().describe('cloud-init network configuration, version 1 or 2.'),
    secretRef: LocalReference('Secret')
      .optional()
      .describe('Secret with the keys userData and networkData, instead of writing them here.'),
    sshKeys: z
      .array(z.string().min(1).max(8192))
      .max(32)
      .optional()
      .describe(
        "Public keys that may log in as the image's default user. They go into the seed's meta-data, beside any user data or Secret; cloud-init takes them at the guest's first boot.",
      ),
  })
  .meta(
    rules({
      rule: '!has(self.secretRef) || (!has(self.userData) && !has(self.networkData))',
      message: 'secretRef stands instead of userData and networkData',
      fieldPath: '.secretRef',
      reason: 'FieldValueForbidden',
    }),
  );

export type CloudInit = z.infer<typeof CloudInit>;
