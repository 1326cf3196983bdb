import type { RuntimeFiles } from '../../pod/runtime-files.ts';
import { fixedPlace, type MachineType, virtio } from './bus.ts';
import { device } from './options.ts';

/** Names the channel in `query-chardev`, and its port in VSERPORT_CHANGE. */
export const AGENT_ID = 'agent';

/** The name by which every guest agent finds its port. */
const PORT_NAME = 'org.qemu.guest_agent.0';

export function guestAgentChannel(type: MachineType, files: RuntimeFiles): string[] {
  return [
    ...['-chardev', `socket,id=${AGENT_ID},path=${files.agent},server=on,wait=off`],
    ...device({ driver: virtio(type, 'serial'), id: 'serial', max_ports: 4, ...fixedPlace(type, 'serial') }),
    ...device({
      driver: 'virtserialport',
      id: AGENT_ID,
      bus: 'serial.0',
      chardev: AGENT_ID,
      name: PORT_NAME,
    }),
  ];
}
