/** Generated from the schema of QEMU 10.0.13 by packages/qemu-monitor/generate.ts; not to be edited. */

import type { Integer } from '../json.ts';

export const SCHEMA_VERSION = '10.0.13';

export interface Empty { readonly [name: string]: never }

export interface Commands {
  'add-fd': { arguments: AddFdArguments; return: AddFdReturn };
  'add_client': { arguments: AddClientArguments; return: Empty };
  'announce-self': { arguments: AnnounceSelfArguments; return: Empty };
  'balloon': { arguments: BalloonArguments; return: Empty };
  'block-commit': { arguments: BlockCommitArguments; return: Empty };
  'block-dirty-bitmap-add': { arguments: BlockDirtyBitmapAddArguments; return: Empty };
  'block-dirty-bitmap-clear': { arguments: BlockDirtyBitmapClearArguments; return: Empty };
  'block-dirty-bitmap-disable': { arguments: BlockDirtyBitmapClearArguments; return: Empty };
  'block-dirty-bitmap-enable': { arguments: BlockDirtyBitmapClearArguments; return: Empty };
  'block-dirty-bitmap-merge': { arguments: BlockDirtyBitmapMergeArguments; return: Empty };
  'block-dirty-bitmap-remove': { arguments: BlockDirtyBitmapClearArguments; return: Empty };
  'block-export-add': { arguments: BlockExportAddArguments; return: Empty };
  'block-export-del': { arguments: BlockExportDelArguments; return: Empty };
  'block-job-cancel': { arguments: BlockJobCancelArguments; return: Empty };
  'block-job-change': { arguments: BlockJobChangeArguments; return: Empty };
  'block-job-complete': { arguments: BlockJobCompleteArguments; return: Empty };
  'block-job-dismiss': { arguments: BlockJobDismissArguments; return: Empty };
  'block-job-finalize': { arguments: BlockJobFinalizeArguments; return: Empty };
  'block-job-pause': { arguments: BlockJobPauseArguments; return: Empty };
  'block-job-resume': { arguments: BlockJobResumeArguments; return: Empty };
  'block-job-set-speed': { arguments: BlockJobSetSpeedArguments; return: Empty };
  'block-latency-histogram-set': { arguments: BlockLatencyHistogramSetArguments; return: Empty };
  'block-set-write-threshold': { arguments: BlockSetWriteThresholdArguments; return: Empty };
  'block-stream': { arguments: BlockStreamArguments; return: Empty };
  'block_resize': { arguments: BlockResizeArguments; return: Empty };
  'block_set_io_throttle': { arguments: BlockSetIoThrottleArguments; return: Empty };
  'blockdev-add': { arguments: BlockdevAddArguments; return: Empty };
  'blockdev-backup': { arguments: BlockdevBackupArguments; return: Empty };
  'blockdev-change-medium': { arguments: BlockdevChangeMediumArguments; return: Empty };
  'blockdev-close-tray': { arguments: BlockdevCloseTrayArguments; return: Empty };
  'blockdev-create': { arguments: BlockdevCreateArguments; return: Empty };
  'blockdev-del': { arguments: BlockdevDelArguments; return: Empty };
  'blockdev-insert-medium': { arguments: BlockdevInsertMediumArguments; return: Empty };
  'blockdev-mirror': { arguments: BlockdevMirrorArguments; return: Empty };
  'blockdev-open-tray': { arguments: BlockdevOpenTrayArguments; return: Empty };
  'blockdev-remove-medium': { arguments: BlockdevRemoveMediumArguments; return: Empty };
  'blockdev-reopen': { arguments: BlockdevReopenArguments; return: Empty };
  'blockdev-set-active': { arguments: BlockdevSetActiveArguments; return: Empty };
  'blockdev-snapshot': { arguments: BlockdevSnapshotArguments; return: Empty };
  'blockdev-snapshot-delete-internal-sync': { arguments: BlockdevSnapshotDeleteInternalSyncArguments; return: BlockdevSnapshotDeleteInternalSyncReturn };
  'blockdev-snapshot-internal-sync': { arguments: BlockdevSnapshotInternalSyncArguments; return: Empty };
  'blockdev-snapshot-sync': { arguments: BlockdevSnapshotSyncArguments; return: Empty };
  'calc-dirty-rate': { arguments: CalcDirtyRateArguments; return: Empty };
  'cancel-vcpu-dirty-limit': { arguments: CancelVcpuDirtyLimitArguments; return: Empty };
  'change-backing-file': { arguments: ChangeBackingFileArguments; return: Empty };
  'change-vnc-password': { arguments: ChangeVncPasswordArguments; return: Empty };
  'chardev-add': { arguments: ChardevAddArguments; return: ChardevAddReturn };
  'chardev-change': { arguments: ChardevChangeArguments; return: ChardevAddReturn };
  'chardev-remove': { arguments: ChardevRemoveArguments; return: Empty };
  'chardev-send-break': { arguments: ChardevSendBreakArguments; return: Empty };
  'client_migrate_info': { arguments: ClientMigrateInfoArguments; return: Empty };
  'closefd': { arguments: ClosefdArguments; return: Empty };
  'cont': { arguments: Empty; return: Empty };
  /** @experimental unstable in QEMU */
  'cxl-add-dynamic-capacity': { arguments: CxlAddDynamicCapacityArguments; return: Empty };
  'cxl-inject-correctable-error': { arguments: CxlInjectCorrectableErrorArguments; return: Empty };
  'cxl-inject-dram-event': { arguments: CxlInjectDramEventArguments; return: Empty };
  'cxl-inject-general-media-event': { arguments: CxlInjectGeneralMediaEventArguments; return: Empty };
  'cxl-inject-memory-module-event': { arguments: CxlInjectMemoryModuleEventArguments; return: Empty };
  'cxl-inject-poison': { arguments: CxlInjectPoisonArguments; return: Empty };
  'cxl-inject-uncorrectable-errors': { arguments: CxlInjectUncorrectableErrorsArguments; return: Empty };
  /** @experimental unstable in QEMU */
  'cxl-release-dynamic-capacity': { arguments: CxlReleaseDynamicCapacityArguments; return: Empty };
  'device-list-properties': { arguments: DeviceListPropertiesArguments; return: readonly (DeviceListPropertiesItem)[] };
  /** @experimental unstable in QEMU */
  'device-sync-config': { arguments: DeviceSyncConfigArguments; return: Empty };
  'device_add': { arguments: DeviceAddArguments & { readonly [property: string]: unknown }; return: Empty };
  'device_del': { arguments: DeviceDelArguments; return: Empty };
  'display-reload': { arguments: DisplayReloadArguments; return: Empty };
  'display-update': { arguments: DisplayUpdateArguments; return: Empty };
  /** @deprecated by QEMU */
  'drive-backup': { arguments: DriveBackupArguments; return: Empty };
  'drive-mirror': { arguments: DriveMirrorArguments; return: Empty };
  'dump-guest-memory': { arguments: DumpGuestMemoryArguments; return: Empty };
  'dumpdtb': { arguments: DumpdtbArguments; return: Empty };
  'eject': { arguments: EjectArguments; return: Empty };
  'expire_password': { arguments: ExpirePasswordArguments; return: Empty };
  'getfd': { arguments: GetfdArguments; return: Empty };
  'human-monitor-command': { arguments: HumanMonitorCommandArguments; return: string };
  'inject-nmi': { arguments: Empty; return: Empty };
  'input-send-event': { arguments: InputSendEventArguments; return: Empty };
  'job-cancel': { arguments: JobCancelArguments; return: Empty };
  'job-complete': { arguments: JobCompleteArguments; return: Empty };
  'job-dismiss': { arguments: JobDismissArguments; return: Empty };
  'job-finalize': { arguments: JobFinalizeArguments; return: Empty };
  'job-pause': { arguments: JobPauseArguments; return: Empty };
  'job-resume': { arguments: JobResumeArguments; return: Empty };
  'memsave': { arguments: MemsaveArguments; return: Empty };
  'migrate': { arguments: MigrateArguments; return: Empty };
  'migrate-continue': { arguments: MigrateContinueArguments; return: Empty };
  'migrate-incoming': { arguments: MigrateIncomingArguments; return: Empty };
  'migrate-pause': { arguments: Empty; return: Empty };
  'migrate-recover': { arguments: MigrateRecoverArguments; return: Empty };
  'migrate-set-capabilities': { arguments: MigrateSetCapabilitiesArguments; return: Empty };
  'migrate-set-parameters': { arguments: MigrateSetParametersArguments; return: Empty };
  'migrate-start-postcopy': { arguments: Empty; return: Empty };
  'migrate_cancel': { arguments: Empty; return: Empty };
  /** @deprecated by QEMU */
  'nbd-server-add': { arguments: NbdServerAddArguments; return: Empty };
  /** @deprecated by QEMU */
  'nbd-server-remove': { arguments: NbdServerRemoveArguments; return: Empty };
  'nbd-server-start': { arguments: NbdServerStartArguments; return: Empty };
  'nbd-server-stop': { arguments: Empty; return: Empty };
  'netdev_add': { arguments: NetdevAddArguments; return: Empty };
  'netdev_del': { arguments: NetdevDelArguments; return: Empty };
  'object-add': { arguments: ObjectAddArguments; return: Empty };
  'object-del': { arguments: ObjectDelArguments; return: Empty };
  'pmemsave': { arguments: PmemsaveArguments; return: Empty };
  'qmp_capabilities': { arguments: QmpCapabilitiesArguments; return: Empty };
  'qom-get': { arguments: QomGetArguments; return: unknown };
  'qom-list': { arguments: QomListArguments; return: readonly (DeviceListPropertiesItem)[] };
  'qom-list-properties': { arguments: QomListPropertiesArguments; return: readonly (DeviceListPropertiesItem)[] };
  'qom-list-types': { arguments: QomListTypesArguments; return: readonly (QomListTypesItem)[] };
  'qom-set': { arguments: QomSetArguments; return: Empty };
  'query-acpi-ospm-status': { arguments: Empty; return: readonly (AcpiDeviceOstInfo)[] };
  'query-audiodevs': { arguments: Empty; return: readonly (QueryAudiodevsItem)[] };
  'query-balloon': { arguments: Empty; return: QueryBalloonReturn };
  'query-block': { arguments: Empty; return: readonly (QueryBlockItem)[] };
  'query-block-exports': { arguments: Empty; return: readonly (QueryBlockExportsItem)[] };
  'query-block-jobs': { arguments: Empty; return: readonly (QueryBlockJobsItem)[] };
  'query-blockstats': { arguments: QueryBlockstatsArguments; return: readonly (QueryBlockstatsItem)[] };
  'query-chardev': { arguments: Empty; return: readonly (QueryChardevItem)[] };
  'query-chardev-backends': { arguments: Empty; return: readonly (QueryChardevBackendsItem)[] };
  'query-colo-status': { arguments: Empty; return: QueryColoStatusReturn };
  'query-command-line-options': { arguments: QueryCommandLineOptionsArguments; return: readonly (QueryCommandLineOptionsItem)[] };
  'query-commands': { arguments: Empty; return: readonly (QueryCommandsItem)[] };
  'query-cpu-definitions': { arguments: Empty; return: readonly (QueryCpuDefinitionsItem)[] };
  'query-cpu-model-expansion': { arguments: QueryCpuModelExpansionArguments; return: QueryCpuModelExpansionReturn };
  'query-cpus-fast': { arguments: Empty; return: readonly (QueryCpusFastItem)[] };
  'query-cryptodev': { arguments: Empty; return: readonly (QueryCryptodevItem)[] };
  'query-current-machine': { arguments: Empty; return: QueryCurrentMachineReturn };
  'query-dirty-rate': { arguments: QueryDirtyRateArguments; return: QueryDirtyRateReturn };
  'query-display-options': { arguments: Empty; return: QueryDisplayOptionsReturn };
  'query-dump': { arguments: Empty; return: QueryDumpReturn };
  'query-dump-guest-memory-capability': { arguments: Empty; return: QueryDumpGuestMemoryCapabilityReturn };
  'query-fdsets': { arguments: Empty; return: readonly (QueryFdsetsItem)[] };
  'query-hotpluggable-cpus': { arguments: Empty; return: readonly (QueryHotpluggableCpusItem)[] };
  'query-hv-balloon-status-report': { arguments: Empty; return: HvBalloonStatusReportData };
  'query-iothreads': { arguments: Empty; return: readonly (QueryIothreadsItem)[] };
  'query-jobs': { arguments: Empty; return: readonly (QueryJobsItem)[] };
  'query-kvm': { arguments: Empty; return: QueryKvmReturn };
  'query-machines': { arguments: QueryMachinesArguments; return: readonly (QueryMachinesItem)[] };
  'query-memdev': { arguments: Empty; return: readonly (QueryMemdevItem)[] };
  'query-memory-devices': { arguments: Empty; return: readonly (QueryMemoryDevicesItem)[] };
  'query-memory-size-summary': { arguments: Empty; return: QueryMemorySizeSummaryReturn };
  'query-mice': { arguments: Empty; return: readonly (QueryMiceItem)[] };
  'query-migrate': { arguments: Empty; return: QueryMigrateReturn };
  'query-migrate-capabilities': { arguments: Empty; return: readonly (QueryMigrateCapabilitiesItem)[] };
  'query-migrate-parameters': { arguments: Empty; return: QueryMigrateParametersReturn };
  /** @deprecated by QEMU */
  'query-migrationthreads': { arguments: Empty; return: readonly (QueryMigrationthreadsItem)[] };
  'query-name': { arguments: Empty; return: QueryNameReturn };
  'query-named-block-nodes': { arguments: QueryNamedBlockNodesArguments; return: readonly (QueryNamedBlockNodesItem)[] };
  'query-pci': { arguments: Empty; return: readonly (QueryPciItem)[] };
  'query-pr-managers': { arguments: Empty; return: readonly (QueryPrManagersItem)[] };
  'query-qmp-schema': { arguments: Empty; return: readonly (QueryQmpSchemaItem)[] };
  'query-replay': { arguments: Empty; return: QueryReplayReturn };
  'query-rocker': { arguments: QueryRockerArguments; return: QueryRockerReturn };
  'query-rocker-of-dpa-flows': { arguments: QueryRockerOfDpaFlowsArguments; return: readonly (QueryRockerOfDpaFlowsItem)[] };
  'query-rocker-of-dpa-groups': { arguments: QueryRockerOfDpaGroupsArguments; return: readonly (QueryRockerOfDpaGroupsItem)[] };
  'query-rocker-ports': { arguments: QueryRockerPortsArguments; return: readonly (QueryRockerPortsItem)[] };
  'query-rx-filter': { arguments: QueryRxFilterArguments; return: readonly (QueryRxFilterItem)[] };
  'query-sev': { arguments: Empty; return: QuerySevReturn };
  'query-sev-attestation-report': { arguments: QuerySevAttestationReportArguments; return: QuerySevAttestationReportReturn };
  'query-sev-capabilities': { arguments: Empty; return: QuerySevCapabilitiesReturn };
  'query-sev-launch-measure': { arguments: Empty; return: QuerySevLaunchMeasureReturn };
  'query-sgx': { arguments: Empty; return: QuerySgxReturn };
  'query-sgx-capabilities': { arguments: Empty; return: QuerySgxReturn };
  'query-spice': { arguments: Empty; return: QuerySpiceReturn };
  'query-stats': { arguments: QueryStatsArguments; return: readonly (QueryStatsItem)[] };
  'query-stats-schemas': { arguments: QueryStatsSchemasArguments; return: readonly (QueryStatsSchemasItem)[] };
  'query-status': { arguments: Empty; return: QueryStatusReturn };
  'query-target': { arguments: Empty; return: QueryTargetReturn };
  'query-tpm': { arguments: Empty; return: readonly (QueryTpmItem)[] };
  'query-tpm-models': { arguments: Empty; return: readonly (QueryTpmModelsItem)[] };
  'query-tpm-types': { arguments: Empty; return: readonly (QueryTpmTypesItem)[] };
  'query-uuid': { arguments: Empty; return: QueryUuidReturn };
  'query-vcpu-dirty-limit': { arguments: Empty; return: readonly (QueryVcpuDirtyLimitItem)[] };
  'query-version': { arguments: Empty; return: QueryVersionReturn };
  'query-vm-generation-id': { arguments: Empty; return: QueryVmGenerationIdReturn };
  'query-vnc': { arguments: Empty; return: QueryVncReturn };
  'query-vnc-servers': { arguments: Empty; return: readonly (QueryVncServersItem)[] };
  'query-xen-replication-status': { arguments: Empty; return: QueryXenReplicationStatusReturn };
  'query-yank': { arguments: Empty; return: readonly (QueryYankItem)[] };
  'quit': { arguments: Empty; return: Empty };
  'remove-fd': { arguments: RemoveFdArguments; return: Empty };
  'replay-break': { arguments: ReplayBreakArguments; return: Empty };
  'replay-delete-break': { arguments: Empty; return: Empty };
  'replay-seek': { arguments: ReplaySeekArguments; return: Empty };
  'request-ebpf': { arguments: RequestEbpfArguments; return: RequestEbpfReturn };
  'ringbuf-read': { arguments: RingbufReadArguments; return: string };
  'ringbuf-write': { arguments: RingbufWriteArguments; return: Empty };
  'rtc-reset-reinjection': { arguments: Empty; return: Empty };
  'screendump': { arguments: ScreendumpArguments; return: Empty };
  'send-key': { arguments: SendKeyArguments; return: Empty };
  'set-action': { arguments: SetActionArguments; return: Empty };
  'set-numa-node': { arguments: SetNumaNodeArguments; return: Empty };
  'set-vcpu-dirty-limit': { arguments: SetVcpuDirtyLimitArguments; return: Empty };
  'set_link': { arguments: SetLinkArguments; return: Empty };
  'set_password': { arguments: SetPasswordArguments; return: Empty };
  'sev-inject-launch-secret': { arguments: SevInjectLaunchSecretArguments; return: Empty };
  'snapshot-delete': { arguments: SnapshotDeleteArguments; return: Empty };
  'snapshot-load': { arguments: SnapshotLoadArguments; return: Empty };
  'snapshot-save': { arguments: SnapshotSaveArguments; return: Empty };
  'stop': { arguments: Empty; return: Empty };
  'system_powerdown': { arguments: Empty; return: Empty };
  'system_reset': { arguments: Empty; return: Empty };
  'system_wakeup': { arguments: Empty; return: Empty };
  'trace-event-get-state': { arguments: TraceEventGetStateArguments; return: readonly (TraceEventGetStateItem)[] };
  'trace-event-set-state': { arguments: TraceEventSetStateArguments; return: Empty };
  'transaction': { arguments: TransactionArguments; return: Empty };
  'watchdog-set-action': { arguments: WatchdogSetActionArguments; return: Empty };
  /** @experimental unstable in QEMU */
  'x-blockdev-amend': { arguments: XBlockdevAmendArguments; return: Empty };
  /** @experimental unstable in QEMU */
  'x-blockdev-change': { arguments: XBlockdevChangeArguments; return: Empty };
  /** @experimental unstable in QEMU */
  'x-blockdev-set-iothread': { arguments: XBlockdevSetIothreadArguments; return: Empty };
  /** @experimental unstable in QEMU */
  'x-colo-lost-heartbeat': { arguments: Empty; return: Empty };
  /** @experimental unstable in QEMU */
  'x-debug-block-dirty-bitmap-sha256': { arguments: BlockDirtyBitmapClearArguments; return: XDebugBlockDirtyBitmapSha256Return };
  /** @experimental unstable in QEMU */
  'x-debug-query-block-graph': { arguments: Empty; return: XDebugQueryBlockGraphReturn };
  /** @experimental unstable in QEMU */
  'x-exit-preconfig': { arguments: Empty; return: Empty };
  /** @experimental unstable in QEMU */
  'x-query-interrupt-controllers': { arguments: Empty; return: XQueryInterruptControllersReturn };
  /** @experimental unstable in QEMU */
  'x-query-irq': { arguments: Empty; return: XQueryInterruptControllersReturn };
  /** @experimental unstable in QEMU */
  'x-query-jit': { arguments: Empty; return: XQueryInterruptControllersReturn };
  /** @experimental unstable in QEMU */
  'x-query-numa': { arguments: Empty; return: XQueryInterruptControllersReturn };
  /** @experimental unstable in QEMU */
  'x-query-opcount': { arguments: Empty; return: XQueryInterruptControllersReturn };
  /** @experimental unstable in QEMU */
  'x-query-ramblock': { arguments: Empty; return: XQueryInterruptControllersReturn };
  /** @experimental unstable in QEMU */
  'x-query-roms': { arguments: Empty; return: XQueryInterruptControllersReturn };
  /** @experimental unstable in QEMU */
  'x-query-usb': { arguments: Empty; return: XQueryInterruptControllersReturn };
  /** @experimental unstable in QEMU */
  'x-query-virtio': { arguments: Empty; return: readonly (XQueryVirtioItem)[] };
  /** @experimental unstable in QEMU */
  'x-query-virtio-queue-element': { arguments: XQueryVirtioQueueElementArguments; return: XQueryVirtioQueueElementReturn };
  /** @experimental unstable in QEMU */
  'x-query-virtio-queue-status': { arguments: XQueryVirtioQueueStatusArguments; return: XQueryVirtioQueueStatusReturn };
  /** @experimental unstable in QEMU */
  'x-query-virtio-status': { arguments: XQueryVirtioStatusArguments; return: XQueryVirtioStatusReturn };
  /** @experimental unstable in QEMU */
  'x-query-virtio-vhost-queue-status': { arguments: XQueryVirtioVhostQueueStatusArguments; return: XQueryVirtioVhostQueueStatusReturn };
  'xen-colo-do-checkpoint': { arguments: Empty; return: Empty };
  'xen-event-inject': { arguments: XenEventInjectArguments; return: Empty };
  'xen-event-list': { arguments: Empty; return: readonly (XenEventListItem)[] };
  'xen-load-devices-state': { arguments: XenLoadDevicesStateArguments; return: Empty };
  'xen-save-devices-state': { arguments: XenSaveDevicesStateArguments; return: Empty };
  'xen-set-global-dirty-log': { arguments: XenSetGlobalDirtyLogArguments; return: Empty };
  'xen-set-replication': { arguments: XenSetReplicationArguments; return: Empty };
  'yank': { arguments: YankArguments; return: Empty };
}

export type OobCommandName = 'migrate-pause' | 'migrate-recover' | 'query-yank' | 'yank';

export interface Events {
  ACPI_DEVICE_OST: AcpiDeviceOstData;
  BALLOON_CHANGE: BalloonChangeData;
  BLOCK_EXPORT_DELETED: BlockExportDeletedData;
  BLOCK_IMAGE_CORRUPTED: BlockImageCorruptedData;
  BLOCK_IO_ERROR: BlockIoErrorData;
  BLOCK_JOB_CANCELLED: BlockJobCancelledData;
  BLOCK_JOB_COMPLETED: BlockJobCompletedData;
  BLOCK_JOB_ERROR: BlockJobErrorData;
  BLOCK_JOB_PENDING: BlockJobPendingData;
  BLOCK_JOB_READY: BlockJobReadyData;
  BLOCK_WRITE_THRESHOLD: BlockWriteThresholdData;
  COLO_EXIT: ColoExitData;
  DEVICE_DELETED: DeviceDeletedData;
  DEVICE_TRAY_MOVED: DeviceTrayMovedData;
  DEVICE_UNPLUG_GUEST_ERROR: DeviceUnplugGuestErrorData;
  DUMP_COMPLETED: DumpCompletedData;
  FAILOVER_NEGOTIATED: FailoverNegotiatedData;
  GUEST_CRASHLOADED: GuestCrashloadedData;
  GUEST_PANICKED: GuestPanickedData;
  GUEST_PVSHUTDOWN: Empty;
  HV_BALLOON_STATUS_REPORT: HvBalloonStatusReportData;
  JOB_STATUS_CHANGE: JobStatusChangeData;
  MEMORY_DEVICE_SIZE_CHANGE: MemoryDeviceSizeChangeData;
  MEMORY_FAILURE: MemoryFailureData;
  MIGRATION: MigrationData;
  MIGRATION_PASS: MigrationPassData;
  NETDEV_STREAM_CONNECTED: NetdevStreamConnectedData;
  NETDEV_STREAM_DISCONNECTED: NetdevStreamDisconnectedData;
  NETDEV_VHOST_USER_CONNECTED: NetdevVhostUserConnectedData;
  NETDEV_VHOST_USER_DISCONNECTED: NetdevVhostUserDisconnectedData;
  NIC_RX_FILTER_CHANGED: NicRxFilterChangedData;
  POWERDOWN: Empty;
  PR_MANAGER_STATUS_CHANGED: PrManagerStatusChangedData;
  QUORUM_FAILURE: QuorumFailureData;
  QUORUM_REPORT_BAD: QuorumReportBadData;
  RESET: ResetData;
  RESUME: Empty;
  RTC_CHANGE: RtcChangeData;
  SHUTDOWN: ShutdownData;
  SPICE_CONNECTED: SpiceConnectedData;
  SPICE_DISCONNECTED: SpiceDisconnectedData;
  SPICE_INITIALIZED: SpiceInitializedData;
  SPICE_MIGRATE_COMPLETED: Empty;
  STOP: Empty;
  SUSPEND: Empty;
  SUSPEND_DISK: Empty;
  UNPLUG_PRIMARY: UnplugPrimaryData;
  VFIO_MIGRATION: VfioMigrationData;
  VFU_CLIENT_HANGUP: VfuClientHangupData;
  VNC_CONNECTED: VncConnectedData;
  VNC_DISCONNECTED: VncDisconnectedData;
  VNC_INITIALIZED: VncInitializedData;
  VSERPORT_CHANGE: VserportChangeData;
  WAKEUP: Empty;
  WATCHDOG: WatchdogData;
}

export interface AcpiDeviceOstData {
  readonly 'info': AcpiDeviceOstInfo;
}

export interface AcpiDeviceOstInfo {
  readonly 'device'?: string;
  readonly 'slot': string;
  readonly 'slot-type': AcpiDeviceOstInfoSlotType;
  readonly 'source': Integer;
  readonly 'status': Integer;
}

export type AcpiDeviceOstInfoSlotType = 'DIMM' | 'CPU';

export interface AddClientArguments {
  readonly 'protocol': string;
  readonly 'fdname': string;
  readonly 'skipauth'?: boolean;
  readonly 'tls'?: boolean;
}

export interface AddFdArguments {
  readonly 'fdset-id'?: Integer;
  readonly 'opaque'?: string;
}

export interface AddFdReturn {
  readonly 'fdset-id': Integer;
  readonly 'fd': Integer;
}

export interface AnnounceSelfArguments {
  readonly 'initial': Integer;
  readonly 'max': Integer;
  readonly 'rounds': Integer;
  readonly 'step': Integer;
  readonly 'interfaces'?: readonly (string)[];
  readonly 'id'?: string;
}

export interface BalloonArguments {
  readonly 'value': Integer;
}

export interface BalloonChangeData {
  readonly 'actual': Integer;
}

export interface BlockCommitArguments {
  readonly 'job-id'?: string;
  readonly 'device': string;
  readonly 'base-node'?: string;
  /** @deprecated by QEMU */
  readonly 'base'?: string;
  readonly 'top-node'?: string;
  /** @deprecated by QEMU */
  readonly 'top'?: string;
  readonly 'backing-file'?: string;
  readonly 'backing-mask-protocol'?: boolean;
  readonly 'speed'?: Integer;
  readonly 'on-error'?: BlockCommitOnError;
  readonly 'filter-node-name'?: string;
  readonly 'auto-finalize'?: boolean;
  readonly 'auto-dismiss'?: boolean;
}

export type BlockCommitOnError = 'report' | 'ignore' | 'enospc' | 'stop' | 'auto';

export interface BlockDirtyBitmapAddArguments {
  readonly 'node': string;
  readonly 'name': string;
  readonly 'granularity'?: Integer;
  readonly 'persistent'?: boolean;
  readonly 'disabled'?: boolean;
}

export interface BlockDirtyBitmapClearArguments {
  readonly 'node': string;
  readonly 'name': string;
}

export interface BlockDirtyBitmapMergeArguments {
  readonly 'node': string;
  readonly 'target': string;
  readonly 'bitmaps': readonly (string | BlockDirtyBitmapClearArguments)[];
}

export type BlockExportAddArguments = {
  readonly 'id': string;
  readonly 'fixed-iothread'?: boolean;
  readonly 'iothread'?: string;
  readonly 'node-name': string;
  readonly 'writable'?: boolean;
  readonly 'writethrough'?: boolean;
  readonly 'allow-inactive'?: boolean;
} & (
  | ({ readonly 'type': 'nbd' } & BlockExportAddNbd)
  | ({ readonly 'type': 'vhost-user-blk' } & BlockExportAddVhostUserBlk)
  | ({ readonly 'type': 'fuse' } & BlockExportAddFuse)
  | ({ readonly 'type': 'vduse-blk' } & BlockExportAddVduseBlk)
);

export interface BlockExportAddFuse {
  readonly 'mountpoint': string;
  readonly 'growable'?: boolean;
  readonly 'allow-other'?: BlockExportAddFuseAllowOther;
}

export type BlockExportAddFuseAllowOther = 'off' | 'on' | 'auto';

export interface BlockExportAddNbd {
  readonly 'name'?: string;
  readonly 'description'?: string;
  readonly 'bitmaps'?: readonly (string | BlockDirtyBitmapClearArguments)[];
  readonly 'allocation-depth'?: boolean;
}

export type BlockExportAddType = 'nbd' | 'vhost-user-blk' | 'fuse' | 'vduse-blk';

export interface BlockExportAddVduseBlk {
  readonly 'name': string;
  readonly 'num-queues'?: Integer;
  readonly 'queue-size'?: Integer;
  readonly 'logical-block-size'?: Integer;
  readonly 'serial'?: string;
}

export interface BlockExportAddVhostUserBlk {
  readonly 'addr': NetdevStreamConnectedAddr;
  readonly 'logical-block-size'?: Integer;
  readonly 'num-queues'?: Integer;
}

export interface BlockExportDelArguments {
  readonly 'id': string;
  readonly 'mode'?: BlockExportDelMode;
}

export type BlockExportDelMode = 'safe' | 'hard';

export interface BlockExportDeletedData {
  readonly 'id': string;
}

export interface BlockImageCorruptedData {
  readonly 'device': string;
  readonly 'node-name'?: string;
  readonly 'msg': string;
  readonly 'offset'?: Integer;
  readonly 'size'?: Integer;
  readonly 'fatal': boolean;
}

export type BlockIoErrorAction = 'ignore' | 'report' | 'stop';

export interface BlockIoErrorData {
  readonly 'qom-path': string;
  readonly 'device': string;
  readonly 'node-name'?: string;
  readonly 'operation': BlockIoErrorOperation;
  readonly 'action': BlockIoErrorAction;
  readonly 'nospace'?: boolean;
  readonly 'reason': string;
}

export type BlockIoErrorOperation = 'read' | 'write';

export interface BlockJobCancelArguments {
  readonly 'device': string;
  readonly 'force'?: boolean;
}

export interface BlockJobCancelledData {
  readonly 'type': BlockJobCancelledType;
  readonly 'device': string;
  readonly 'len': Integer;
  readonly 'offset': Integer;
  readonly 'speed': Integer;
}

export type BlockJobCancelledType = 'commit' | 'stream' | 'mirror' | 'backup' | 'create' | 'amend' | 'snapshot-load' | 'snapshot-save' | 'snapshot-delete';

export type BlockJobChangeArguments = {
  readonly 'id': string;
} & (
  | ({ readonly 'type': 'mirror' } & BlockJobChangeMirror)
  | { readonly 'type': 'commit' }
  | { readonly 'type': 'stream' }
  | { readonly 'type': 'backup' }
  | { readonly 'type': 'create' }
  | { readonly 'type': 'amend' }
  | { readonly 'type': 'snapshot-load' }
  | { readonly 'type': 'snapshot-save' }
  | { readonly 'type': 'snapshot-delete' }
);

export interface BlockJobChangeMirror {
  readonly 'copy-mode': BlockdevMirrorCopyMode;
}

export interface BlockJobCompleteArguments {
  readonly 'device': string;
}

export interface BlockJobCompletedData {
  readonly 'type': BlockJobCancelledType;
  readonly 'device': string;
  readonly 'len': Integer;
  readonly 'offset': Integer;
  readonly 'speed': Integer;
  readonly 'error'?: string;
}

export interface BlockJobDismissArguments {
  readonly 'id': string;
}

export interface BlockJobErrorData {
  readonly 'device': string;
  readonly 'operation': BlockIoErrorOperation;
  readonly 'action': BlockIoErrorAction;
}

export interface BlockJobFinalizeArguments {
  readonly 'id': string;
}

export interface BlockJobPauseArguments {
  readonly 'device': string;
}

export interface BlockJobPendingData {
  readonly 'type': BlockJobCancelledType;
  readonly 'id': string;
}

export interface BlockJobReadyData {
  readonly 'type': BlockJobCancelledType;
  readonly 'device': string;
  readonly 'len': Integer;
  readonly 'offset': Integer;
  readonly 'speed': Integer;
}

export interface BlockJobResumeArguments {
  readonly 'device': string;
}

export interface BlockJobSetSpeedArguments {
  readonly 'device': string;
  readonly 'speed': Integer;
}

export interface BlockLatencyHistogramSetArguments {
  readonly 'id': string;
  readonly 'boundaries'?: readonly (Integer)[];
  readonly 'boundaries-read'?: readonly (Integer)[];
  readonly 'boundaries-write'?: readonly (Integer)[];
  readonly 'boundaries-zap'?: readonly (Integer)[];
  readonly 'boundaries-flush'?: readonly (Integer)[];
}

export interface BlockResizeArguments {
  readonly 'device'?: string;
  readonly 'node-name'?: string;
  readonly 'size': Integer;
}

export interface BlockSetIoThrottleArguments {
  /** @deprecated by QEMU */
  readonly 'device'?: string;
  readonly 'id'?: string;
  readonly 'bps': Integer;
  readonly 'bps_rd': Integer;
  readonly 'bps_wr': Integer;
  readonly 'iops': Integer;
  readonly 'iops_rd': Integer;
  readonly 'iops_wr': Integer;
  readonly 'bps_max'?: Integer;
  readonly 'bps_rd_max'?: Integer;
  readonly 'bps_wr_max'?: Integer;
  readonly 'iops_max'?: Integer;
  readonly 'iops_rd_max'?: Integer;
  readonly 'iops_wr_max'?: Integer;
  readonly 'bps_max_length'?: Integer;
  readonly 'bps_rd_max_length'?: Integer;
  readonly 'bps_wr_max_length'?: Integer;
  readonly 'iops_max_length'?: Integer;
  readonly 'iops_rd_max_length'?: Integer;
  readonly 'iops_wr_max_length'?: Integer;
  readonly 'iops_size'?: Integer;
  readonly 'group'?: string;
}

export interface BlockSetWriteThresholdArguments {
  readonly 'node-name': string;
  readonly 'write-threshold': Integer;
}

export interface BlockStreamArguments {
  readonly 'job-id'?: string;
  readonly 'device': string;
  readonly 'base'?: string;
  readonly 'base-node'?: string;
  readonly 'backing-file'?: string;
  readonly 'backing-mask-protocol'?: boolean;
  readonly 'bottom'?: string;
  readonly 'speed'?: Integer;
  readonly 'on-error'?: BlockCommitOnError;
  readonly 'filter-node-name'?: string;
  readonly 'auto-finalize'?: boolean;
  readonly 'auto-dismiss'?: boolean;
}

export interface BlockWriteThresholdData {
  readonly 'node-name': string;
  readonly 'amount-exceeded': Integer;
  readonly 'write-threshold': Integer;
}

export type BlockdevAddArguments = {
  readonly 'node-name'?: string;
  readonly 'discard'?: BlockdevAddDiscard;
  readonly 'cache'?: BlockdevAddCache;
  readonly 'active'?: boolean;
  readonly 'read-only'?: boolean;
  readonly 'auto-read-only'?: boolean;
  readonly 'force-share'?: boolean;
  readonly 'detect-zeroes'?: BlockdevAddDetectZeroes;
} & (
  | ({ readonly 'driver': 'blkdebug' } & BlockdevAddBlkdebug)
  | ({ readonly 'driver': 'blklogwrites' } & BlockdevAddBlklogwrites)
  | ({ readonly 'driver': 'blkverify' } & BlockdevAddBlkverify)
  | ({ readonly 'driver': 'blkreplay' } & BlockdevAddBlkreplay)
  | ({ readonly 'driver': 'bochs' } & BlockdevAddBochs)
  | ({ readonly 'driver': 'cloop' } & BlockdevAddBochs)
  | ({ readonly 'driver': 'compress' } & BlockdevAddBochs)
  | ({ readonly 'driver': 'copy-before-write' } & BlockdevAddCopyBeforeWrite)
  | ({ readonly 'driver': 'copy-on-read' } & BlockdevAddCopyOnRead)
  | ({ readonly 'driver': 'dmg' } & BlockdevAddBochs)
  | ({ readonly 'driver': 'file' } & BlockdevAddFile)
  | ({ readonly 'driver': 'ftp' } & BlockdevAddFtp)
  | ({ readonly 'driver': 'ftps' } & BlockdevAddFtps)
  | ({ readonly 'driver': 'gluster' } & BlockdevAddGluster)
  | ({ readonly 'driver': 'host_cdrom' } & BlockdevAddFile)
  | ({ readonly 'driver': 'host_device' } & BlockdevAddFile)
  | ({ readonly 'driver': 'http' } & BlockdevAddHttp)
  | ({ readonly 'driver': 'https' } & BlockdevAddHttps)
  | ({ readonly 'driver': 'io_uring' } & BlockdevAddIoUring)
  | ({ readonly 'driver': 'iscsi' } & BlockdevAddIscsi)
  | ({ readonly 'driver': 'luks' } & BlockdevAddLuks)
  | ({ readonly 'driver': 'nbd' } & BlockdevAddNbd)
  | ({ readonly 'driver': 'nfs' } & BlockdevAddNfs)
  | ({ readonly 'driver': 'null-aio' } & BlockdevAddNullAio)
  | ({ readonly 'driver': 'null-co' } & BlockdevAddNullAio)
  | ({ readonly 'driver': 'nvme' } & BlockdevAddNvme)
  | ({ readonly 'driver': 'nvme-io_uring' } & BlockdevAddNvmeIoUring)
  | ({ readonly 'driver': 'parallels' } & BlockdevAddBochs)
  | ({ readonly 'driver': 'preallocate' } & BlockdevAddPreallocate)
  | ({ readonly 'driver': 'qcow2' } & BlockdevAddQcow2)
  | ({ readonly 'driver': 'qcow' } & BlockdevAddQcow)
  | ({ readonly 'driver': 'qed' } & BlockdevAddQed)
  | ({ readonly 'driver': 'quorum' } & BlockdevAddQuorum)
  | ({ readonly 'driver': 'raw' } & BlockdevAddRaw)
  | ({ readonly 'driver': 'rbd' } & BlockdevAddRbd)
  | ({ readonly 'driver': 'replication' } & BlockdevAddReplication)
  | ({ readonly 'driver': 'snapshot-access' } & BlockdevAddBochs)
  | ({ readonly 'driver': 'ssh' } & BlockdevAddSsh)
  | ({ readonly 'driver': 'throttle' } & BlockdevAddThrottle)
  | ({ readonly 'driver': 'vdi' } & BlockdevAddBochs)
  | ({ readonly 'driver': 'vhdx' } & BlockdevAddBochs)
  | ({ readonly 'driver': 'virtio-blk-vfio-pci' } & BlockdevAddVirtioBlkVfioPci)
  | ({ readonly 'driver': 'virtio-blk-vhost-user' } & BlockdevAddVirtioBlkVhostUser)
  | ({ readonly 'driver': 'virtio-blk-vhost-vdpa' } & BlockdevAddVirtioBlkVhostVdpa)
  | ({ readonly 'driver': 'vmdk' } & BlockdevAddQed)
  | ({ readonly 'driver': 'vpc' } & BlockdevAddBochs)
  | ({ readonly 'driver': 'vvfat' } & BlockdevAddVvfat)
);

export interface BlockdevAddBlkdebug {
  readonly 'image': BlockdevAddArguments | string;
  readonly 'config'?: string;
  readonly 'align'?: Integer;
  readonly 'max-transfer'?: Integer;
  readonly 'opt-write-zero'?: Integer;
  readonly 'max-write-zero'?: Integer;
  readonly 'opt-discard'?: Integer;
  readonly 'max-discard'?: Integer;
  readonly 'inject-error'?: readonly (BlockdevAddBlkdebugInjectErrorItem)[];
  readonly 'set-state'?: readonly (BlockdevAddBlkdebugSetStateItem)[];
  readonly 'take-child-perms'?: readonly (BlockdevAddBlkdebugTakeChildPermsItem)[];
  readonly 'unshare-child-perms'?: readonly (BlockdevAddBlkdebugTakeChildPermsItem)[];
}

export interface BlockdevAddBlkdebugInjectErrorItem {
  readonly 'event': BlockdevAddBlkdebugInjectErrorItemEvent;
  readonly 'state'?: Integer;
  readonly 'iotype'?: BlockdevAddBlkdebugInjectErrorItemIotype;
  readonly 'errno'?: Integer;
  readonly 'delay-ns'?: Integer;
  readonly 'sector'?: Integer;
  readonly 'once'?: boolean;
  readonly 'immediately'?: boolean;
}

export type BlockdevAddBlkdebugInjectErrorItemEvent = 'l1_update' | 'l1_grow_alloc_table' | 'l1_grow_write_table' | 'l1_grow_activate_table' | 'l2_load' | 'l2_update' | 'l2_update_compressed' | 'l2_alloc_cow_read' | 'l2_alloc_write' | 'read_aio' | 'read_backing_aio' | 'read_compressed' | 'write_aio' | 'write_compressed' | 'vmstate_load' | 'vmstate_save' | 'cow_read' | 'cow_write' | 'reftable_load' | 'reftable_grow' | 'reftable_update' | 'refblock_load' | 'refblock_update' | 'refblock_update_part' | 'refblock_alloc' | 'refblock_alloc_hookup' | 'refblock_alloc_write' | 'refblock_alloc_write_blocks' | 'refblock_alloc_write_table' | 'refblock_alloc_switch_table' | 'cluster_alloc' | 'cluster_alloc_bytes' | 'cluster_free' | 'flush_to_os' | 'flush_to_disk' | 'pwritev_rmw_head' | 'pwritev_rmw_after_head' | 'pwritev_rmw_tail' | 'pwritev_rmw_after_tail' | 'pwritev' | 'pwritev_zero' | 'pwritev_done' | 'empty_image_prepare' | 'l1_shrink_write_table' | 'l1_shrink_free_l2_clusters' | 'cor_write' | 'cluster_alloc_space' | 'none';

export type BlockdevAddBlkdebugInjectErrorItemIotype = 'read' | 'write' | 'write-zeroes' | 'discard' | 'flush' | 'block-status';

export interface BlockdevAddBlkdebugSetStateItem {
  readonly 'event': BlockdevAddBlkdebugInjectErrorItemEvent;
  readonly 'state'?: Integer;
  readonly 'new_state': Integer;
}

export type BlockdevAddBlkdebugTakeChildPermsItem = 'consistent-read' | 'write' | 'write-unchanged' | 'resize';

export interface BlockdevAddBlklogwrites {
  readonly 'file': BlockdevAddArguments | string;
  readonly 'log': BlockdevAddArguments | string;
  readonly 'log-sector-size'?: Integer;
  readonly 'log-append'?: boolean;
  readonly 'log-super-update-interval'?: Integer;
}

export interface BlockdevAddBlkreplay {
  readonly 'image': BlockdevAddArguments | string;
}

export interface BlockdevAddBlkverify {
  readonly 'test': BlockdevAddArguments | string;
  readonly 'raw': BlockdevAddArguments | string;
}

export interface BlockdevAddBochs {
  readonly 'file': BlockdevAddArguments | string;
}

export interface BlockdevAddCache {
  readonly 'direct'?: boolean;
  readonly 'no-flush'?: boolean;
}

export interface BlockdevAddCopyBeforeWrite {
  readonly 'file': BlockdevAddArguments | string;
  readonly 'target': BlockdevAddArguments | string;
  readonly 'bitmap'?: BlockDirtyBitmapClearArguments;
  readonly 'on-cbw-error'?: BlockdevAddCopyBeforeWriteOnCbwError;
  readonly 'cbw-timeout'?: Integer;
  readonly 'min-cluster-size'?: Integer;
}

export type BlockdevAddCopyBeforeWriteOnCbwError = 'break-guest-write' | 'break-snapshot';

export interface BlockdevAddCopyOnRead {
  readonly 'file': BlockdevAddArguments | string;
  readonly 'bottom'?: string;
}

export type BlockdevAddDetectZeroes = 'off' | 'on' | 'unmap';

export type BlockdevAddDiscard = 'ignore' | 'unmap';

export type BlockdevAddDriver = 'blkdebug' | 'blklogwrites' | 'blkreplay' | 'blkverify' | 'bochs' | 'cloop' | 'compress' | 'copy-before-write' | 'copy-on-read' | 'dmg' | 'file' | 'snapshot-access' | 'ftp' | 'ftps' | 'gluster' | 'host_cdrom' | 'host_device' | 'http' | 'https' | 'io_uring' | 'iscsi' | 'luks' | 'nbd' | 'nfs' | 'null-aio' | 'null-co' | 'nvme' | 'nvme-io_uring' | 'parallels' | 'preallocate' | 'qcow' | 'qcow2' | 'qed' | 'quorum' | 'raw' | 'rbd' | 'replication' | 'ssh' | 'throttle' | 'vdi' | 'vhdx' | 'virtio-blk-vfio-pci' | 'virtio-blk-vhost-user' | 'virtio-blk-vhost-vdpa' | 'vmdk' | 'vpc' | 'vvfat';

export interface BlockdevAddFile {
  readonly 'filename': string;
  readonly 'pr-manager'?: string;
  readonly 'locking'?: BlockdevAddFileLocking;
  readonly 'aio'?: BlockdevAddFileAio;
  readonly 'aio-max-batch'?: Integer;
  readonly 'drop-cache'?: boolean;
  /** @experimental unstable in QEMU */
  readonly 'x-check-cache-dropped'?: boolean;
}

export type BlockdevAddFileAio = 'threads' | 'native' | 'io_uring';

export type BlockdevAddFileLocking = 'auto' | 'on' | 'off';

export interface BlockdevAddFtp {
  readonly 'url': string;
  readonly 'readahead'?: Integer;
  readonly 'timeout'?: Integer;
  readonly 'username'?: string;
  readonly 'password-secret'?: string;
  readonly 'proxy-username'?: string;
  readonly 'proxy-password-secret'?: string;
}

export interface BlockdevAddFtps {
  readonly 'url': string;
  readonly 'readahead'?: Integer;
  readonly 'timeout'?: Integer;
  readonly 'username'?: string;
  readonly 'password-secret'?: string;
  readonly 'proxy-username'?: string;
  readonly 'proxy-password-secret'?: string;
  readonly 'sslverify'?: boolean;
}

export interface BlockdevAddGluster {
  readonly 'volume': string;
  readonly 'path': string;
  readonly 'server': readonly (NetdevStreamConnectedAddr)[];
  readonly 'debug'?: Integer;
  readonly 'logfile'?: string;
}

export interface BlockdevAddHttp {
  readonly 'url': string;
  readonly 'readahead'?: Integer;
  readonly 'timeout'?: Integer;
  readonly 'username'?: string;
  readonly 'password-secret'?: string;
  readonly 'proxy-username'?: string;
  readonly 'proxy-password-secret'?: string;
  readonly 'cookie'?: string;
  readonly 'cookie-secret'?: string;
}

export interface BlockdevAddHttps {
  readonly 'url': string;
  readonly 'readahead'?: Integer;
  readonly 'timeout'?: Integer;
  readonly 'username'?: string;
  readonly 'password-secret'?: string;
  readonly 'proxy-username'?: string;
  readonly 'proxy-password-secret'?: string;
  readonly 'cookie'?: string;
  readonly 'sslverify'?: boolean;
  readonly 'cookie-secret'?: string;
}

export interface BlockdevAddIoUring {
  readonly 'filename': string;
}

export interface BlockdevAddIscsi {
  readonly 'transport': BlockdevAddIscsiTransport;
  readonly 'portal': string;
  readonly 'target': string;
  readonly 'lun'?: Integer;
  readonly 'user'?: string;
  readonly 'password-secret'?: string;
  readonly 'initiator-name'?: string;
  readonly 'header-digest'?: BlockdevAddIscsiHeaderDigest;
  readonly 'timeout'?: Integer;
}

export type BlockdevAddIscsiHeaderDigest = 'crc32c' | 'none' | 'crc32c-none' | 'none-crc32c';

export type BlockdevAddIscsiTransport = 'tcp' | 'iser';

export interface BlockdevAddLuks {
  readonly 'file': BlockdevAddArguments | string;
  readonly 'key-secret'?: string;
  readonly 'header'?: BlockdevAddArguments | string;
}

export interface BlockdevAddNbd {
  readonly 'server': NetdevStreamConnectedAddr;
  readonly 'export'?: string;
  readonly 'tls-creds'?: string;
  readonly 'tls-hostname'?: string;
  /** @experimental unstable in QEMU */
  readonly 'x-dirty-bitmap'?: string;
  readonly 'reconnect-delay'?: Integer;
  readonly 'open-timeout'?: Integer;
}

export interface BlockdevAddNfs {
  readonly 'server': BlockdevAddNfsServer;
  readonly 'path': string;
  readonly 'user'?: Integer;
  readonly 'group'?: Integer;
  readonly 'tcp-syn-count'?: Integer;
  readonly 'readahead-size'?: Integer;
  readonly 'page-cache-size'?: Integer;
  readonly 'debug'?: Integer;
}

export interface BlockdevAddNfsServer {
  readonly 'type': BlockdevAddNfsServerType;
  readonly 'host': string;
}

export type BlockdevAddNfsServerType = 'inet';

export interface BlockdevAddNullAio {
  readonly 'size'?: Integer;
  readonly 'latency-ns'?: Integer;
  readonly 'read-zeroes'?: boolean;
}

export interface BlockdevAddNvme {
  readonly 'device': string;
  readonly 'namespace': Integer;
}

export interface BlockdevAddNvmeIoUring {
  readonly 'path': string;
}

export interface BlockdevAddPreallocate {
  readonly 'file': BlockdevAddArguments | string;
  readonly 'prealloc-align'?: Integer;
  readonly 'prealloc-size'?: Integer;
}

export interface BlockdevAddQcow {
  readonly 'file': BlockdevAddArguments | string;
  readonly 'backing'?: BlockdevAddArguments | string | null;
  readonly 'encrypt'?: BlockdevAddQcowEncrypt;
}

export interface BlockdevAddQcow2 {
  readonly 'file': BlockdevAddArguments | string;
  readonly 'backing'?: BlockdevAddArguments | string | null;
  readonly 'lazy-refcounts'?: boolean;
  readonly 'pass-discard-request'?: boolean;
  readonly 'pass-discard-snapshot'?: boolean;
  readonly 'pass-discard-other'?: boolean;
  readonly 'discard-no-unref'?: boolean;
  readonly 'overlap-check'?: BlockdevAddQcow2OverlapCheckChoice | BlockdevAddQcow2OverlapCheckChoice2;
  readonly 'cache-size'?: Integer;
  readonly 'l2-cache-size'?: Integer;
  readonly 'l2-cache-entry-size'?: Integer;
  readonly 'refcount-cache-size'?: Integer;
  readonly 'cache-clean-interval'?: Integer;
  readonly 'encrypt'?: BlockdevAddQcow2Encrypt;
  readonly 'data-file'?: BlockdevAddArguments | string;
}

export type BlockdevAddQcow2Encrypt = {
} & (
  | ({ readonly 'format': 'aes' } & BlockdevAddQcow2EncryptAes)
  | ({ readonly 'format': 'luks' } & BlockdevAddQcow2EncryptLuks)
);

export interface BlockdevAddQcow2EncryptAes {
  readonly 'key-secret'?: string;
}

export type BlockdevAddQcow2EncryptFormat = 'aes' | 'luks';

export interface BlockdevAddQcow2EncryptLuks {
  readonly 'key-secret'?: string;
}

export interface BlockdevAddQcow2OverlapCheckChoice {
  readonly 'template'?: BlockdevAddQcow2OverlapCheckChoice2;
  readonly 'main-header'?: boolean;
  readonly 'active-l1'?: boolean;
  readonly 'active-l2'?: boolean;
  readonly 'refcount-table'?: boolean;
  readonly 'refcount-block'?: boolean;
  readonly 'snapshot-table'?: boolean;
  readonly 'inactive-l1'?: boolean;
  readonly 'inactive-l2'?: boolean;
  readonly 'bitmap-directory'?: boolean;
}

export type BlockdevAddQcow2OverlapCheckChoice2 = 'none' | 'constant' | 'cached' | 'all';

export type BlockdevAddQcowEncrypt = {
} & (
  | ({ readonly 'format': 'aes' } & BlockdevAddQcow2EncryptAes)
);

export type BlockdevAddQcowEncryptFormat = 'aes';

export interface BlockdevAddQed {
  readonly 'file': BlockdevAddArguments | string;
  readonly 'backing'?: BlockdevAddArguments | string | null;
}

export interface BlockdevAddQuorum {
  readonly 'blkverify'?: boolean;
  readonly 'children': readonly (BlockdevAddArguments | string)[];
  readonly 'vote-threshold': Integer;
  readonly 'rewrite-corrupted'?: boolean;
  readonly 'read-pattern'?: BlockdevAddQuorumReadPattern;
}

export type BlockdevAddQuorumReadPattern = 'quorum' | 'fifo';

export interface BlockdevAddRaw {
  readonly 'file': BlockdevAddArguments | string;
  readonly 'offset'?: Integer;
  readonly 'size'?: Integer;
}

export interface BlockdevAddRbd {
  readonly 'pool': string;
  readonly 'namespace'?: string;
  readonly 'image': string;
  readonly 'conf'?: string;
  readonly 'snapshot'?: string;
  readonly 'encrypt'?: BlockdevAddRbdEncrypt;
  readonly 'user'?: string;
  readonly 'auth-client-required'?: readonly (BlockdevAddRbdAuthClientRequiredItem)[];
  readonly 'key-secret'?: string;
  readonly 'server'?: readonly (BlockdevAddRbdServerItem)[];
}

export type BlockdevAddRbdAuthClientRequiredItem = 'cephx' | 'none';

export type BlockdevAddRbdEncrypt = {
  readonly 'parent'?: BlockdevAddRbdEncrypt;
} & (
  | ({ readonly 'format': 'luks' } & BlockdevAddRbdEncryptLuks)
  | ({ readonly 'format': 'luks2' } & BlockdevAddRbdEncryptLuks2)
  | ({ readonly 'format': 'luks-any' } & BlockdevAddRbdEncryptLuksAny)
);

export type BlockdevAddRbdEncryptFormat = 'luks' | 'luks2' | 'luks-any';

export interface BlockdevAddRbdEncryptLuks {
  readonly 'key-secret': string;
}

export interface BlockdevAddRbdEncryptLuks2 {
  readonly 'key-secret': string;
}

export interface BlockdevAddRbdEncryptLuksAny {
  readonly 'key-secret': string;
}

export interface BlockdevAddRbdServerItem {
  readonly 'host': string;
  readonly 'port': string;
}

export interface BlockdevAddReplication {
  readonly 'file': BlockdevAddArguments | string;
  readonly 'mode': BlockdevAddReplicationMode;
  readonly 'top-id'?: string;
}

export type BlockdevAddReplicationMode = 'primary' | 'secondary';

export interface BlockdevAddSsh {
  readonly 'server': NetdevStreamConnectedAddrInet;
  readonly 'path': string;
  readonly 'user'?: string;
  readonly 'host-key-check'?: BlockdevAddSshHostKeyCheck;
}

export type BlockdevAddSshHostKeyCheck = {
} & (
  | ({ readonly 'mode': 'hash' } & BlockdevAddSshHostKeyCheckHash)
  | { readonly 'mode': 'none' }
  | { readonly 'mode': 'known_hosts' }
);

export interface BlockdevAddSshHostKeyCheckHash {
  readonly 'type': BlockdevAddSshHostKeyCheckHashType;
  readonly 'hash': string;
}

export type BlockdevAddSshHostKeyCheckHashType = 'md5' | 'sha1' | 'sha256';

export type BlockdevAddSshHostKeyCheckMode = 'none' | 'hash' | 'known_hosts';

export interface BlockdevAddThrottle {
  readonly 'throttle-group': string;
  readonly 'file': BlockdevAddArguments | string;
}

export interface BlockdevAddVirtioBlkVfioPci {
  readonly 'path': string;
}

export interface BlockdevAddVirtioBlkVhostUser {
  readonly 'path': string;
}

export interface BlockdevAddVirtioBlkVhostVdpa {
  readonly 'path': string;
}

export interface BlockdevAddVvfat {
  readonly 'dir': string;
  readonly 'fat-type'?: Integer;
  readonly 'floppy'?: boolean;
  readonly 'label'?: string;
  readonly 'rw'?: boolean;
}

export interface BlockdevBackupArguments {
  readonly 'job-id'?: string;
  readonly 'device': string;
  readonly 'sync': BlockdevBackupSync;
  readonly 'speed'?: Integer;
  readonly 'bitmap'?: string;
  readonly 'bitmap-mode'?: BlockdevBackupBitmapMode;
  readonly 'compress'?: boolean;
  readonly 'on-source-error'?: BlockCommitOnError;
  readonly 'on-target-error'?: BlockCommitOnError;
  readonly 'auto-finalize'?: boolean;
  readonly 'auto-dismiss'?: boolean;
  readonly 'filter-node-name'?: string;
  readonly 'discard-source'?: boolean;
  /** @experimental unstable in QEMU */
  readonly 'x-perf'?: BlockdevBackupXPerf;
  readonly 'target': string;
}

export type BlockdevBackupBitmapMode = 'on-success' | 'never' | 'always';

export type BlockdevBackupSync = 'top' | 'full' | 'none' | 'incremental' | 'bitmap';

export interface BlockdevBackupXPerf {
  readonly 'use-copy-range'?: boolean;
  readonly 'max-workers'?: Integer;
  readonly 'max-chunk'?: Integer;
  readonly 'min-cluster-size'?: Integer;
}

export interface BlockdevChangeMediumArguments {
  /** @deprecated by QEMU */
  readonly 'device'?: string;
  readonly 'id'?: string;
  readonly 'filename': string;
  readonly 'format'?: string;
  readonly 'force'?: boolean;
  readonly 'read-only-mode'?: BlockdevChangeMediumReadOnlyMode;
}

export type BlockdevChangeMediumReadOnlyMode = 'retain' | 'read-only' | 'read-write';

export interface BlockdevCloseTrayArguments {
  /** @deprecated by QEMU */
  readonly 'device'?: string;
  readonly 'id'?: string;
}

export interface BlockdevCreateArguments {
  readonly 'job-id': string;
  readonly 'options': BlockdevCreateOptions;
}

export type BlockdevCreateOptions = {
} & (
  | ({ readonly 'driver': 'file' } & BlockdevCreateOptionsFile)
  | ({ readonly 'driver': 'gluster' } & BlockdevCreateOptionsGluster)
  | ({ readonly 'driver': 'luks' } & BlockdevCreateOptionsLuks)
  | ({ readonly 'driver': 'nfs' } & BlockdevCreateOptionsNfs)
  | ({ readonly 'driver': 'parallels' } & BlockdevCreateOptionsParallels)
  | ({ readonly 'driver': 'qcow' } & BlockdevCreateOptionsQcow)
  | ({ readonly 'driver': 'qcow2' } & BlockdevCreateOptionsQcow2)
  | ({ readonly 'driver': 'qed' } & BlockdevCreateOptionsQed)
  | ({ readonly 'driver': 'rbd' } & BlockdevCreateOptionsRbd)
  | ({ readonly 'driver': 'ssh' } & BlockdevCreateOptionsSsh)
  | ({ readonly 'driver': 'vdi' } & BlockdevCreateOptionsVdi)
  | ({ readonly 'driver': 'vhdx' } & BlockdevCreateOptionsVhdx)
  | ({ readonly 'driver': 'vmdk' } & BlockdevCreateOptionsVmdk)
  | ({ readonly 'driver': 'vpc' } & BlockdevCreateOptionsVpc)
  | { readonly 'driver': 'blkdebug' }
  | { readonly 'driver': 'blklogwrites' }
  | { readonly 'driver': 'blkreplay' }
  | { readonly 'driver': 'blkverify' }
  | { readonly 'driver': 'bochs' }
  | { readonly 'driver': 'cloop' }
  | { readonly 'driver': 'compress' }
  | { readonly 'driver': 'copy-before-write' }
  | { readonly 'driver': 'copy-on-read' }
  | { readonly 'driver': 'dmg' }
  | { readonly 'driver': 'snapshot-access' }
  | { readonly 'driver': 'ftp' }
  | { readonly 'driver': 'ftps' }
  | { readonly 'driver': 'host_cdrom' }
  | { readonly 'driver': 'host_device' }
  | { readonly 'driver': 'http' }
  | { readonly 'driver': 'https' }
  | { readonly 'driver': 'io_uring' }
  | { readonly 'driver': 'iscsi' }
  | { readonly 'driver': 'nbd' }
  | { readonly 'driver': 'null-aio' }
  | { readonly 'driver': 'null-co' }
  | { readonly 'driver': 'nvme' }
  | { readonly 'driver': 'nvme-io_uring' }
  | { readonly 'driver': 'preallocate' }
  | { readonly 'driver': 'quorum' }
  | { readonly 'driver': 'raw' }
  | { readonly 'driver': 'replication' }
  | { readonly 'driver': 'throttle' }
  | { readonly 'driver': 'virtio-blk-vfio-pci' }
  | { readonly 'driver': 'virtio-blk-vhost-user' }
  | { readonly 'driver': 'virtio-blk-vhost-vdpa' }
  | { readonly 'driver': 'vvfat' }
);

export interface BlockdevCreateOptionsFile {
  readonly 'filename': string;
  readonly 'size': Integer;
  readonly 'preallocation'?: BlockdevCreateOptionsFilePreallocation;
  readonly 'nocow'?: boolean;
  readonly 'extent-size-hint'?: Integer;
}

export type BlockdevCreateOptionsFilePreallocation = 'off' | 'metadata' | 'falloc' | 'full';

export interface BlockdevCreateOptionsGluster {
  readonly 'location': BlockdevAddGluster;
  readonly 'size': Integer;
  readonly 'preallocation'?: BlockdevCreateOptionsFilePreallocation;
}

export interface BlockdevCreateOptionsLuks {
  readonly 'key-secret'?: string;
  readonly 'cipher-alg'?: BlockdevCreateOptionsLuksCipherAlg;
  readonly 'cipher-mode'?: BlockdevCreateOptionsLuksCipherMode;
  readonly 'ivgen-alg'?: BlockdevCreateOptionsLuksIvgenAlg;
  readonly 'ivgen-hash-alg'?: BlockdevCreateOptionsLuksIvgenHashAlg;
  readonly 'hash-alg'?: BlockdevCreateOptionsLuksIvgenHashAlg;
  readonly 'iter-time'?: Integer;
  readonly 'file'?: BlockdevAddArguments | string;
  readonly 'header'?: BlockdevAddArguments | string;
  readonly 'size': Integer;
  readonly 'preallocation'?: BlockdevCreateOptionsFilePreallocation;
}

export type BlockdevCreateOptionsLuksCipherAlg = 'aes-128' | 'aes-192' | 'aes-256' | 'des' | '3des' | 'cast5-128' | 'serpent-128' | 'serpent-192' | 'serpent-256' | 'twofish-128' | 'twofish-192' | 'twofish-256' | 'sm4';

export type BlockdevCreateOptionsLuksCipherMode = 'ecb' | 'cbc' | 'xts' | 'ctr';

export type BlockdevCreateOptionsLuksIvgenAlg = 'plain' | 'plain64' | 'essiv';

export type BlockdevCreateOptionsLuksIvgenHashAlg = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512' | 'ripemd160' | 'sm3';

export interface BlockdevCreateOptionsNfs {
  readonly 'location': BlockdevAddNfs;
  readonly 'size': Integer;
}

export interface BlockdevCreateOptionsParallels {
  readonly 'file': BlockdevAddArguments | string;
  readonly 'size': Integer;
  readonly 'cluster-size'?: Integer;
}

export interface BlockdevCreateOptionsQcow {
  readonly 'file': BlockdevAddArguments | string;
  readonly 'size': Integer;
  readonly 'backing-file'?: string;
  readonly 'encrypt'?: BlockdevCreateOptionsQcowEncrypt;
}

export interface BlockdevCreateOptionsQcow2 {
  readonly 'file': BlockdevAddArguments | string;
  readonly 'data-file'?: BlockdevAddArguments | string;
  readonly 'data-file-raw'?: boolean;
  readonly 'extended-l2'?: boolean;
  readonly 'size': Integer;
  readonly 'version'?: BlockdevCreateOptionsQcow2Version;
  readonly 'backing-file'?: string;
  readonly 'backing-fmt'?: BlockdevAddDriver;
  readonly 'encrypt'?: BlockdevCreateOptionsQcowEncrypt;
  readonly 'cluster-size'?: Integer;
  readonly 'preallocation'?: BlockdevCreateOptionsFilePreallocation;
  readonly 'lazy-refcounts'?: boolean;
  readonly 'refcount-bits'?: Integer;
  readonly 'compression-type'?: BlockdevCreateOptionsQcow2CompressionType;
}

export type BlockdevCreateOptionsQcow2CompressionType = 'zlib' | 'zstd';

export type BlockdevCreateOptionsQcow2Version = 'v2' | 'v3';

export type BlockdevCreateOptionsQcowEncrypt = {
} & (
  | ({ readonly 'format': 'qcow' } & BlockdevAddQcow2EncryptAes)
  | ({ readonly 'format': 'luks' } & BlockdevCreateOptionsQcowEncryptLuks)
);

export type BlockdevCreateOptionsQcowEncryptFormat = 'qcow' | 'luks';

export interface BlockdevCreateOptionsQcowEncryptLuks {
  readonly 'key-secret'?: string;
  readonly 'cipher-alg'?: BlockdevCreateOptionsLuksCipherAlg;
  readonly 'cipher-mode'?: BlockdevCreateOptionsLuksCipherMode;
  readonly 'ivgen-alg'?: BlockdevCreateOptionsLuksIvgenAlg;
  readonly 'ivgen-hash-alg'?: BlockdevCreateOptionsLuksIvgenHashAlg;
  readonly 'hash-alg'?: BlockdevCreateOptionsLuksIvgenHashAlg;
  readonly 'iter-time'?: Integer;
}

export interface BlockdevCreateOptionsQed {
  readonly 'file': BlockdevAddArguments | string;
  readonly 'size': Integer;
  readonly 'backing-file'?: string;
  readonly 'backing-fmt'?: BlockdevAddDriver;
  readonly 'cluster-size'?: Integer;
  readonly 'table-size'?: Integer;
}

export interface BlockdevCreateOptionsRbd {
  readonly 'location': BlockdevAddRbd;
  readonly 'size': Integer;
  readonly 'cluster-size'?: Integer;
  readonly 'encrypt'?: BlockdevCreateOptionsRbdEncrypt;
}

export type BlockdevCreateOptionsRbdEncrypt = {
} & (
  | ({ readonly 'format': 'luks' } & BlockdevCreateOptionsRbdEncryptLuks)
  | ({ readonly 'format': 'luks2' } & BlockdevCreateOptionsRbdEncryptLuks2)
  | { readonly 'format': 'luks-any' }
);

export interface BlockdevCreateOptionsRbdEncryptLuks {
  readonly 'key-secret': string;
  readonly 'cipher-alg'?: BlockdevCreateOptionsLuksCipherAlg;
}

export interface BlockdevCreateOptionsRbdEncryptLuks2 {
  readonly 'key-secret': string;
  readonly 'cipher-alg'?: BlockdevCreateOptionsLuksCipherAlg;
}

export interface BlockdevCreateOptionsSsh {
  readonly 'location': BlockdevAddSsh;
  readonly 'size': Integer;
}

export interface BlockdevCreateOptionsVdi {
  readonly 'file': BlockdevAddArguments | string;
  readonly 'size': Integer;
  readonly 'preallocation'?: BlockdevCreateOptionsFilePreallocation;
}

export interface BlockdevCreateOptionsVhdx {
  readonly 'file': BlockdevAddArguments | string;
  readonly 'size': Integer;
  readonly 'log-size'?: Integer;
  readonly 'block-size'?: Integer;
  readonly 'subformat'?: BlockdevCreateOptionsVhdxSubformat;
  readonly 'block-state-zero'?: boolean;
}

export type BlockdevCreateOptionsVhdxSubformat = 'dynamic' | 'fixed';

export interface BlockdevCreateOptionsVmdk {
  readonly 'file': BlockdevAddArguments | string;
  readonly 'size': Integer;
  readonly 'extents'?: readonly (BlockdevAddArguments | string)[];
  readonly 'subformat'?: BlockdevCreateOptionsVmdkSubformat;
  readonly 'backing-file'?: string;
  readonly 'adapter-type'?: BlockdevCreateOptionsVmdkAdapterType;
  readonly 'hwversion'?: string;
  readonly 'toolsversion'?: string;
  readonly 'zeroed-grain'?: boolean;
}

export type BlockdevCreateOptionsVmdkAdapterType = 'ide' | 'buslogic' | 'lsilogic' | 'legacyESX';

export type BlockdevCreateOptionsVmdkSubformat = 'monolithicSparse' | 'monolithicFlat' | 'twoGbMaxExtentSparse' | 'twoGbMaxExtentFlat' | 'streamOptimized';

export interface BlockdevCreateOptionsVpc {
  readonly 'file': BlockdevAddArguments | string;
  readonly 'size': Integer;
  readonly 'subformat'?: BlockdevCreateOptionsVpcSubformat;
  readonly 'force-size'?: boolean;
}

export type BlockdevCreateOptionsVpcSubformat = 'dynamic' | 'fixed';

export interface BlockdevDelArguments {
  readonly 'node-name': string;
}

export interface BlockdevInsertMediumArguments {
  readonly 'id': string;
  readonly 'node-name': string;
}

export interface BlockdevMirrorArguments {
  readonly 'job-id'?: string;
  readonly 'device': string;
  readonly 'target': string;
  readonly 'replaces'?: string;
  readonly 'sync': BlockdevBackupSync;
  readonly 'speed'?: Integer;
  readonly 'granularity'?: Integer;
  readonly 'buf-size'?: Integer;
  readonly 'on-source-error'?: BlockCommitOnError;
  readonly 'on-target-error'?: BlockCommitOnError;
  readonly 'filter-node-name'?: string;
  readonly 'copy-mode'?: BlockdevMirrorCopyMode;
  readonly 'auto-finalize'?: boolean;
  readonly 'auto-dismiss'?: boolean;
}

export type BlockdevMirrorCopyMode = 'background' | 'write-blocking';

export interface BlockdevOpenTrayArguments {
  /** @deprecated by QEMU */
  readonly 'device'?: string;
  readonly 'id'?: string;
  readonly 'force'?: boolean;
}

export interface BlockdevRemoveMediumArguments {
  readonly 'id': string;
}

export interface BlockdevReopenArguments {
  readonly 'options': readonly (BlockdevAddArguments)[];
}

export interface BlockdevSetActiveArguments {
  readonly 'node-name'?: string;
  readonly 'active': boolean;
}

export interface BlockdevSnapshotArguments {
  readonly 'node': string;
  readonly 'overlay': string;
}

export interface BlockdevSnapshotDeleteInternalSyncArguments {
  readonly 'device': string;
  readonly 'id'?: string;
  readonly 'name'?: string;
}

export interface BlockdevSnapshotDeleteInternalSyncReturn {
  readonly 'id': string;
  readonly 'name': string;
  readonly 'vm-state-size': Integer;
  readonly 'date-sec': Integer;
  readonly 'date-nsec': Integer;
  readonly 'vm-clock-sec': Integer;
  readonly 'vm-clock-nsec': Integer;
  readonly 'icount'?: Integer;
}

export interface BlockdevSnapshotInternalSyncArguments {
  readonly 'device': string;
  readonly 'name': string;
}

export interface BlockdevSnapshotSyncArguments {
  readonly 'device'?: string;
  readonly 'node-name'?: string;
  readonly 'snapshot-file': string;
  readonly 'snapshot-node-name'?: string;
  readonly 'format'?: string;
  readonly 'mode'?: BlockdevSnapshotSyncMode;
}

export type BlockdevSnapshotSyncMode = 'existing' | 'absolute-paths';

export interface CalcDirtyRateArguments {
  readonly 'calc-time': Integer;
  readonly 'calc-time-unit'?: CalcDirtyRateCalcTimeUnit;
  readonly 'sample-pages'?: Integer;
  readonly 'mode'?: CalcDirtyRateMode;
}

export type CalcDirtyRateCalcTimeUnit = 'second' | 'millisecond';

export type CalcDirtyRateMode = 'page-sampling' | 'dirty-ring' | 'dirty-bitmap';

export interface CancelVcpuDirtyLimitArguments {
  readonly 'cpu-index'?: Integer;
}

export interface ChangeBackingFileArguments {
  readonly 'device': string;
  readonly 'image-node-name': string;
  readonly 'backing-file': string;
}

export interface ChangeVncPasswordArguments {
  readonly 'password': string;
}

export interface ChardevAddArguments {
  readonly 'id': string;
  readonly 'backend': ChardevAddBackend;
}

export type ChardevAddBackend = {
} & (
  | ({ readonly 'type': 'file' } & ChardevAddBackendFile)
  | ({ readonly 'type': 'serial' } & ChardevAddBackendSerial)
  | ({ readonly 'type': 'parallel' } & ChardevAddBackendSerial)
  | ({ readonly 'type': 'pipe' } & ChardevAddBackendSerial)
  | ({ readonly 'type': 'socket' } & ChardevAddBackendSocket)
  | ({ readonly 'type': 'udp' } & ChardevAddBackendUdp)
  | ({ readonly 'type': 'pty' } & ChardevAddBackendPty)
  | ({ readonly 'type': 'null' } & ChardevAddBackendNull)
  | ({ readonly 'type': 'mux' } & ChardevAddBackendMux)
  | ({ readonly 'type': 'hub' } & ChardevAddBackendHub)
  | ({ readonly 'type': 'msmouse' } & ChardevAddBackendNull)
  | ({ readonly 'type': 'wctablet' } & ChardevAddBackendNull)
  | ({ readonly 'type': 'braille' } & ChardevAddBackendNull)
  | ({ readonly 'type': 'testdev' } & ChardevAddBackendNull)
  | ({ readonly 'type': 'stdio' } & ChardevAddBackendStdio)
  | ({ readonly 'type': 'spicevmc' } & ChardevAddBackendSpicevmc)
  | ({ readonly 'type': 'spiceport' } & ChardevAddBackendSpiceport)
  | ({ readonly 'type': 'qemu-vdagent' } & ChardevAddBackendQemuVdagent)
  | ({ readonly 'type': 'dbus' } & ChardevAddBackendDbus)
  | ({ readonly 'type': 'vc' } & ChardevAddBackendVc)
  | ({ readonly 'type': 'ringbuf' } & ChardevAddBackendRingbuf)
  | ({ readonly 'type': 'memory' } & ChardevAddBackendRingbuf)
);

export interface ChardevAddBackendDbus {
  readonly 'data': ChardevAddBackendDbusData;
}

export interface ChardevAddBackendDbusData {
  readonly 'logfile'?: string;
  readonly 'logappend'?: boolean;
  readonly 'name': string;
}

export interface ChardevAddBackendFile {
  readonly 'data': ChardevAddBackendFileData;
}

export interface ChardevAddBackendFileData {
  readonly 'logfile'?: string;
  readonly 'logappend'?: boolean;
  readonly 'in'?: string;
  readonly 'out': string;
  readonly 'append'?: boolean;
}

export interface ChardevAddBackendHub {
  readonly 'data': ChardevAddBackendHubData;
}

export interface ChardevAddBackendHubData {
  readonly 'logfile'?: string;
  readonly 'logappend'?: boolean;
  readonly 'chardevs': readonly (string)[];
}

export interface ChardevAddBackendMux {
  readonly 'data': ChardevAddBackendMuxData;
}

export interface ChardevAddBackendMuxData {
  readonly 'logfile'?: string;
  readonly 'logappend'?: boolean;
  readonly 'chardev': string;
}

export interface ChardevAddBackendNull {
  readonly 'data': ChardevAddBackendNullData;
}

export interface ChardevAddBackendNullData {
  readonly 'logfile'?: string;
  readonly 'logappend'?: boolean;
}

export interface ChardevAddBackendPty {
  readonly 'data': ChardevAddBackendPtyData;
}

export interface ChardevAddBackendPtyData {
  readonly 'logfile'?: string;
  readonly 'logappend'?: boolean;
  readonly 'path'?: string;
}

export interface ChardevAddBackendQemuVdagent {
  readonly 'data': ChardevAddBackendQemuVdagentData;
}

export interface ChardevAddBackendQemuVdagentData {
  readonly 'logfile'?: string;
  readonly 'logappend'?: boolean;
  readonly 'mouse'?: boolean;
  readonly 'clipboard'?: boolean;
}

export interface ChardevAddBackendRingbuf {
  readonly 'data': ChardevAddBackendRingbufData;
}

export interface ChardevAddBackendRingbufData {
  readonly 'logfile'?: string;
  readonly 'logappend'?: boolean;
  readonly 'size'?: Integer;
}

export interface ChardevAddBackendSerial {
  readonly 'data': ChardevAddBackendSerialData;
}

export interface ChardevAddBackendSerialData {
  readonly 'logfile'?: string;
  readonly 'logappend'?: boolean;
  readonly 'device': string;
}

export interface ChardevAddBackendSocket {
  readonly 'data': ChardevAddBackendSocketData;
}

export interface ChardevAddBackendSocketData {
  readonly 'logfile'?: string;
  readonly 'logappend'?: boolean;
  readonly 'addr': NbdServerStartAddr;
  readonly 'tls-creds'?: string;
  readonly 'tls-authz'?: string;
  readonly 'server'?: boolean;
  readonly 'wait'?: boolean;
  readonly 'nodelay'?: boolean;
  readonly 'telnet'?: boolean;
  readonly 'tn3270'?: boolean;
  readonly 'websocket'?: boolean;
  /** @deprecated by QEMU */
  readonly 'reconnect'?: Integer;
  readonly 'reconnect-ms'?: Integer;
}

export interface ChardevAddBackendSpiceport {
  readonly 'data': ChardevAddBackendSpiceportData;
}

export interface ChardevAddBackendSpiceportData {
  readonly 'logfile'?: string;
  readonly 'logappend'?: boolean;
  readonly 'fqdn': string;
}

export interface ChardevAddBackendSpicevmc {
  readonly 'data': ChardevAddBackendSpicevmcData;
}

export interface ChardevAddBackendSpicevmcData {
  readonly 'logfile'?: string;
  readonly 'logappend'?: boolean;
  readonly 'type': string;
}

export interface ChardevAddBackendStdio {
  readonly 'data': ChardevAddBackendStdioData;
}

export interface ChardevAddBackendStdioData {
  readonly 'logfile'?: string;
  readonly 'logappend'?: boolean;
  readonly 'signal'?: boolean;
}

export type ChardevAddBackendType = 'file' | 'serial' | 'parallel' | 'pipe' | 'socket' | 'udp' | 'pty' | 'null' | 'mux' | 'hub' | 'msmouse' | 'wctablet' | 'braille' | 'testdev' | 'stdio' | 'spicevmc' | 'spiceport' | 'qemu-vdagent' | 'dbus' | 'vc' | 'ringbuf' | 'memory';

export interface ChardevAddBackendUdp {
  readonly 'data': ChardevAddBackendUdpData;
}

export interface ChardevAddBackendUdpData {
  readonly 'logfile'?: string;
  readonly 'logappend'?: boolean;
  readonly 'remote': NbdServerStartAddr;
  readonly 'local'?: NbdServerStartAddr;
}

export interface ChardevAddBackendVc {
  readonly 'data': ChardevAddBackendVcData;
}

export interface ChardevAddBackendVcData {
  readonly 'logfile'?: string;
  readonly 'logappend'?: boolean;
  readonly 'width'?: Integer;
  readonly 'height'?: Integer;
  readonly 'cols'?: Integer;
  readonly 'rows'?: Integer;
}

export interface ChardevAddReturn {
  readonly 'pty'?: string;
}

export interface ChardevChangeArguments {
  readonly 'id': string;
  readonly 'backend': ChardevAddBackend;
}

export interface ChardevRemoveArguments {
  readonly 'id': string;
}

export interface ChardevSendBreakArguments {
  readonly 'id': string;
}

export interface ClientMigrateInfoArguments {
  readonly 'protocol': string;
  readonly 'hostname': string;
  readonly 'port'?: Integer;
  readonly 'tls-port'?: Integer;
  readonly 'cert-subject'?: string;
}

export interface ClosefdArguments {
  readonly 'fdname': string;
}

export interface ColoExitData {
  readonly 'mode': ColoExitMode;
  readonly 'reason': ColoExitReason;
}

export type ColoExitMode = 'none' | 'primary' | 'secondary';

export type ColoExitReason = 'none' | 'request' | 'error' | 'processing';

export interface CxlAddDynamicCapacityArguments {
  readonly 'path': string;
  readonly 'host-id': Integer;
  readonly 'selection-policy': CxlAddDynamicCapacitySelectionPolicy;
  readonly 'region': Integer;
  readonly 'tag'?: string;
  readonly 'extents': readonly (CxlAddDynamicCapacityExtentsItem)[];
}

export interface CxlAddDynamicCapacityExtentsItem {
  readonly 'offset': Integer;
  readonly 'len': Integer;
}

export type CxlAddDynamicCapacitySelectionPolicy = 'free' | 'contiguous' | 'prescriptive' | 'enable-shared-access';

export interface CxlInjectCorrectableErrorArguments {
  readonly 'path': string;
  readonly 'type': CxlInjectCorrectableErrorType;
}

export type CxlInjectCorrectableErrorType = 'cache-data-ecc' | 'mem-data-ecc' | 'crc-threshold' | 'retry-threshold' | 'cache-poison-received' | 'mem-poison-received' | 'physical';

export interface CxlInjectDramEventArguments {
  readonly 'path': string;
  readonly 'log': CxlInjectDramEventLog;
  readonly 'flags': Integer;
  readonly 'dpa': Integer;
  readonly 'descriptor': Integer;
  readonly 'type': Integer;
  readonly 'transaction-type': Integer;
  readonly 'channel'?: Integer;
  readonly 'rank'?: Integer;
  readonly 'nibble-mask'?: Integer;
  readonly 'bank-group'?: Integer;
  readonly 'bank'?: Integer;
  readonly 'row'?: Integer;
  readonly 'column'?: Integer;
  readonly 'correction-mask'?: readonly (Integer)[];
}

export type CxlInjectDramEventLog = 'informational' | 'warning' | 'failure' | 'fatal';

export interface CxlInjectGeneralMediaEventArguments {
  readonly 'path': string;
  readonly 'log': CxlInjectDramEventLog;
  readonly 'flags': Integer;
  readonly 'dpa': Integer;
  readonly 'descriptor': Integer;
  readonly 'type': Integer;
  readonly 'transaction-type': Integer;
  readonly 'channel'?: Integer;
  readonly 'rank'?: Integer;
  readonly 'device'?: Integer;
  readonly 'component-id'?: string;
}

export interface CxlInjectMemoryModuleEventArguments {
  readonly 'path': string;
  readonly 'log': CxlInjectDramEventLog;
  readonly 'flags': Integer;
  readonly 'type': Integer;
  readonly 'health-status': Integer;
  readonly 'media-status': Integer;
  readonly 'additional-status': Integer;
  readonly 'life-used': Integer;
  readonly 'temperature': Integer;
  readonly 'dirty-shutdown-count': Integer;
  readonly 'corrected-volatile-error-count': Integer;
  readonly 'corrected-persistent-error-count': Integer;
}

export interface CxlInjectPoisonArguments {
  readonly 'path': string;
  readonly 'start': Integer;
  readonly 'length': Integer;
}

export interface CxlInjectUncorrectableErrorsArguments {
  readonly 'path': string;
  readonly 'errors': readonly (CxlInjectUncorrectableErrorsErrorsItem)[];
}

export interface CxlInjectUncorrectableErrorsErrorsItem {
  readonly 'type': CxlInjectUncorrectableErrorsErrorsItemType;
  readonly 'header': readonly (Integer)[];
}

export type CxlInjectUncorrectableErrorsErrorsItemType = 'cache-data-parity' | 'cache-address-parity' | 'cache-be-parity' | 'cache-data-ecc' | 'mem-data-parity' | 'mem-address-parity' | 'mem-be-parity' | 'mem-data-ecc' | 'reinit-threshold' | 'rsvd-encoding' | 'poison-received' | 'receiver-overflow' | 'internal' | 'cxl-ide-tx' | 'cxl-ide-rx';

export interface CxlReleaseDynamicCapacityArguments {
  readonly 'path': string;
  readonly 'host-id': Integer;
  readonly 'removal-policy': CxlReleaseDynamicCapacityRemovalPolicy;
  readonly 'forced-removal'?: boolean;
  readonly 'sanitize-on-release'?: boolean;
  readonly 'region': Integer;
  readonly 'tag'?: string;
  readonly 'extents': readonly (CxlAddDynamicCapacityExtentsItem)[];
}

export type CxlReleaseDynamicCapacityRemovalPolicy = 'tag-based' | 'prescriptive';

export interface DeviceAddArguments {
  readonly 'driver': string;
  readonly 'bus'?: string;
  readonly 'id'?: string;
}

export interface DeviceDelArguments {
  readonly 'id': string;
}

export interface DeviceDeletedData {
  readonly 'device'?: string;
  readonly 'path': string;
}

export interface DeviceListPropertiesArguments {
  readonly 'typename': string;
}

export interface DeviceListPropertiesItem {
  readonly 'name': string;
  readonly 'type': string;
  readonly 'description'?: string;
  readonly 'default-value'?: unknown;
}

export interface DeviceSyncConfigArguments {
  readonly 'id': string;
}

export interface DeviceTrayMovedData {
  readonly 'device': string;
  readonly 'id': string;
  readonly 'tray-open': boolean;
}

export interface DeviceUnplugGuestErrorData {
  readonly 'device'?: string;
  readonly 'path': string;
}

export type DisplayReloadArguments = {
} & (
  | ({ readonly 'type': 'vnc' } & DisplayReloadVnc)
);

export type DisplayReloadType = 'vnc';

export interface DisplayReloadVnc {
  readonly 'tls-certs'?: boolean;
}

export type DisplayUpdateArguments = {
} & (
  | ({ readonly 'type': 'vnc' } & DisplayUpdateVnc)
);

export type DisplayUpdateType = 'vnc';

export interface DisplayUpdateVnc {
  readonly 'addresses'?: readonly (NetdevStreamConnectedAddr)[];
}

export interface DriveBackupArguments {
  readonly 'job-id'?: string;
  readonly 'device': string;
  readonly 'sync': BlockdevBackupSync;
  readonly 'speed'?: Integer;
  readonly 'bitmap'?: string;
  readonly 'bitmap-mode'?: BlockdevBackupBitmapMode;
  readonly 'compress'?: boolean;
  readonly 'on-source-error'?: BlockCommitOnError;
  readonly 'on-target-error'?: BlockCommitOnError;
  readonly 'auto-finalize'?: boolean;
  readonly 'auto-dismiss'?: boolean;
  readonly 'filter-node-name'?: string;
  readonly 'discard-source'?: boolean;
  /** @experimental unstable in QEMU */
  readonly 'x-perf'?: BlockdevBackupXPerf;
  readonly 'target': string;
  readonly 'format'?: string;
  readonly 'mode'?: BlockdevSnapshotSyncMode;
}

export interface DriveMirrorArguments {
  readonly 'job-id'?: string;
  readonly 'device': string;
  readonly 'target': string;
  readonly 'format'?: string;
  readonly 'node-name'?: string;
  readonly 'replaces'?: string;
  readonly 'sync': BlockdevBackupSync;
  readonly 'mode'?: BlockdevSnapshotSyncMode;
  readonly 'speed'?: Integer;
  readonly 'granularity'?: Integer;
  readonly 'buf-size'?: Integer;
  readonly 'on-source-error'?: BlockCommitOnError;
  readonly 'on-target-error'?: BlockCommitOnError;
  readonly 'unmap'?: boolean;
  readonly 'copy-mode'?: BlockdevMirrorCopyMode;
  readonly 'auto-finalize'?: boolean;
  readonly 'auto-dismiss'?: boolean;
}

export interface DumpCompletedData {
  readonly 'result': QueryDumpReturn;
  readonly 'error'?: string;
}

export interface DumpGuestMemoryArguments {
  readonly 'paging': boolean;
  readonly 'protocol': string;
  readonly 'detach'?: boolean;
  readonly 'begin'?: Integer;
  readonly 'length'?: Integer;
  readonly 'format'?: DumpGuestMemoryFormat;
}

export type DumpGuestMemoryFormat = 'elf' | 'kdump-zlib' | 'kdump-lzo' | 'kdump-snappy' | 'kdump-raw-zlib' | 'kdump-raw-lzo' | 'kdump-raw-snappy' | 'win-dmp';

export interface DumpdtbArguments {
  readonly 'filename': string;
}

export interface EjectArguments {
  /** @deprecated by QEMU */
  readonly 'device'?: string;
  readonly 'id'?: string;
  readonly 'force'?: boolean;
}

export type ExpirePasswordArguments = {
  readonly 'time': string;
} & (
  | ({ readonly 'protocol': 'vnc' } & ExpirePasswordVnc)
  | { readonly 'protocol': 'spice' }
);

export type ExpirePasswordProtocol = 'vnc' | 'spice';

export interface ExpirePasswordVnc {
  readonly 'display'?: string;
}

export interface FailoverNegotiatedData {
  readonly 'device-id': string;
}

export interface GetfdArguments {
  readonly 'fdname': string;
}

export type GuestCrashloadedAction = 'pause' | 'poweroff' | 'run';

export interface GuestCrashloadedData {
  readonly 'action': GuestCrashloadedAction;
  readonly 'info'?: GuestCrashloadedInfo;
}

export type GuestCrashloadedInfo = {
} & (
  | ({ readonly 'type': 'hyper-v' } & GuestCrashloadedInfoHyperV)
  | ({ readonly 'type': 's390' } & GuestCrashloadedInfoS390)
);

export interface GuestCrashloadedInfoHyperV {
  readonly 'arg1': Integer;
  readonly 'arg2': Integer;
  readonly 'arg3': Integer;
  readonly 'arg4': Integer;
  readonly 'arg5': Integer;
}

export interface GuestCrashloadedInfoS390 {
  readonly 'core': Integer;
  readonly 'psw-mask': Integer;
  readonly 'psw-addr': Integer;
  readonly 'reason': GuestCrashloadedInfoS390Reason;
}

export type GuestCrashloadedInfoS390Reason = 'unknown' | 'disabled-wait' | 'extint-loop' | 'pgmint-loop' | 'opint-loop';

export type GuestCrashloadedInfoType = 'hyper-v' | 's390';

export interface GuestPanickedData {
  readonly 'action': GuestCrashloadedAction;
  readonly 'info'?: GuestCrashloadedInfo;
}

export interface HumanMonitorCommandArguments {
  readonly 'command-line': string;
  readonly 'cpu-index'?: Integer;
}

export interface HvBalloonStatusReportData {
  readonly 'committed': Integer;
  readonly 'available': Integer;
}

export interface InputSendEventArguments {
  readonly 'device'?: string;
  readonly 'head'?: Integer;
  readonly 'events': readonly (InputSendEventEventsItem)[];
}

export type InputSendEventEventsItem = {
} & (
  | ({ readonly 'type': 'key' } & InputSendEventEventsItemKey)
  | ({ readonly 'type': 'btn' } & InputSendEventEventsItemBtn)
  | ({ readonly 'type': 'rel' } & InputSendEventEventsItemRel)
  | ({ readonly 'type': 'abs' } & InputSendEventEventsItemRel)
  | ({ readonly 'type': 'mtt' } & InputSendEventEventsItemMtt)
);

export interface InputSendEventEventsItemBtn {
  readonly 'data': InputSendEventEventsItemBtnData;
}

export type InputSendEventEventsItemBtnButton = 'left' | 'middle' | 'right' | 'wheel-up' | 'wheel-down' | 'side' | 'extra' | 'wheel-left' | 'wheel-right' | 'touch';

export interface InputSendEventEventsItemBtnData {
  readonly 'button': InputSendEventEventsItemBtnButton;
  readonly 'down': boolean;
}

export interface InputSendEventEventsItemKey {
  readonly 'data': InputSendEventEventsItemKeyData;
}

export interface InputSendEventEventsItemKeyData {
  readonly 'key': SendKeyKeysItem;
  readonly 'down': boolean;
}

export interface InputSendEventEventsItemMtt {
  readonly 'data': InputSendEventEventsItemMttData;
}

export interface InputSendEventEventsItemMttData {
  readonly 'type': InputSendEventEventsItemMttType;
  readonly 'slot': Integer;
  readonly 'tracking-id': Integer;
  readonly 'axis': InputSendEventEventsItemRelAxis;
  readonly 'value': Integer;
}

export type InputSendEventEventsItemMttType = 'begin' | 'update' | 'end' | 'cancel' | 'data';

export interface InputSendEventEventsItemRel {
  readonly 'data': InputSendEventEventsItemRelData;
}

export type InputSendEventEventsItemRelAxis = 'x' | 'y';

export interface InputSendEventEventsItemRelData {
  readonly 'axis': InputSendEventEventsItemRelAxis;
  readonly 'value': Integer;
}

export type InputSendEventEventsItemType = 'key' | 'btn' | 'rel' | 'abs' | 'mtt';

export interface JobCancelArguments {
  readonly 'id': string;
}

export interface JobCompleteArguments {
  readonly 'id': string;
}

export interface JobDismissArguments {
  readonly 'id': string;
}

export interface JobFinalizeArguments {
  readonly 'id': string;
}

export interface JobPauseArguments {
  readonly 'id': string;
}

export interface JobResumeArguments {
  readonly 'id': string;
}

export interface JobStatusChangeData {
  readonly 'id': string;
  readonly 'status': JobStatusChangeStatus;
}

export type JobStatusChangeStatus = 'undefined' | 'created' | 'running' | 'paused' | 'ready' | 'standby' | 'waiting' | 'pending' | 'aborting' | 'concluded' | 'null';

export interface MemoryDeviceSizeChangeData {
  readonly 'id'?: string;
  readonly 'size': Integer;
  readonly 'qom-path': string;
}

export type MemoryFailureAction = 'ignore' | 'inject' | 'fatal' | 'reset';

export interface MemoryFailureData {
  readonly 'recipient': MemoryFailureRecipient;
  readonly 'action': MemoryFailureAction;
  readonly 'flags': MemoryFailureFlags;
}

export interface MemoryFailureFlags {
  readonly 'action-required': boolean;
  readonly 'recursive': boolean;
}

export type MemoryFailureRecipient = 'hypervisor' | 'guest';

export interface MemsaveArguments {
  readonly 'val': Integer;
  readonly 'size': Integer;
  readonly 'filename': string;
  readonly 'cpu-index'?: Integer;
}

export interface MigrateArguments {
  readonly 'uri'?: string;
  readonly 'channels'?: readonly (MigrateChannelsItem)[];
  readonly 'detach'?: boolean;
  readonly 'resume'?: boolean;
}

export interface MigrateChannelsItem {
  readonly 'channel-type': MigrateChannelsItemChannelType;
  readonly 'addr': MigrateChannelsItemAddr;
}

export type MigrateChannelsItemAddr = {
} & (
  | ({ readonly 'transport': 'socket' } & NetdevStreamConnectedAddr)
  | ({ readonly 'transport': 'exec' } & MigrateChannelsItemAddrExec)
  | ({ readonly 'transport': 'rdma' } & NetdevStreamConnectedAddrInet)
  | ({ readonly 'transport': 'file' } & MigrateChannelsItemAddrFile)
);

export interface MigrateChannelsItemAddrExec {
  readonly 'args': readonly (string)[];
}

export interface MigrateChannelsItemAddrFile {
  readonly 'filename': string;
  readonly 'offset': Integer;
}

export type MigrateChannelsItemAddrTransport = 'socket' | 'exec' | 'rdma' | 'file';

export type MigrateChannelsItemChannelType = 'main' | 'cpr';

export interface MigrateContinueArguments {
  readonly 'state': MigrationStatus;
}

export interface MigrateIncomingArguments {
  readonly 'uri'?: string;
  readonly 'channels'?: readonly (MigrateChannelsItem)[];
  readonly 'exit-on-error'?: boolean;
}

export interface MigrateRecoverArguments {
  readonly 'uri': string;
}

export interface MigrateSetCapabilitiesArguments {
  readonly 'capabilities': readonly (QueryMigrateCapabilitiesItem)[];
}

export interface MigrateSetParametersArguments {
  readonly 'announce-initial'?: Integer;
  readonly 'announce-max'?: Integer;
  readonly 'announce-rounds'?: Integer;
  readonly 'announce-step'?: Integer;
  readonly 'throttle-trigger-threshold'?: Integer;
  readonly 'cpu-throttle-initial'?: Integer;
  readonly 'cpu-throttle-increment'?: Integer;
  readonly 'cpu-throttle-tailslow'?: boolean;
  readonly 'tls-creds'?: string | null;
  readonly 'tls-hostname'?: string | null;
  readonly 'tls-authz'?: string | null;
  readonly 'max-bandwidth'?: Integer;
  readonly 'avail-switchover-bandwidth'?: Integer;
  readonly 'downtime-limit'?: Integer;
  /** @experimental unstable in QEMU */
  readonly 'x-checkpoint-delay'?: Integer;
  readonly 'multifd-channels'?: Integer;
  readonly 'xbzrle-cache-size'?: Integer;
  readonly 'max-postcopy-bandwidth'?: Integer;
  readonly 'max-cpu-throttle'?: Integer;
  readonly 'multifd-compression'?: MigrateSetParametersMultifdCompression;
  readonly 'multifd-zlib-level'?: Integer;
  readonly 'multifd-qatzip-level'?: Integer;
  readonly 'multifd-zstd-level'?: Integer;
  readonly 'block-bitmap-mapping'?: readonly (MigrateSetParametersBlockBitmapMappingItem)[];
  /** @experimental unstable in QEMU */
  readonly 'x-vcpu-dirty-limit-period'?: Integer;
  readonly 'vcpu-dirty-limit'?: Integer;
  readonly 'mode'?: MigrateSetParametersMode;
  readonly 'zero-page-detection'?: MigrateSetParametersZeroPageDetection;
  readonly 'direct-io'?: boolean;
}

export interface MigrateSetParametersBlockBitmapMappingItem {
  readonly 'node-name': string;
  readonly 'alias': string;
  readonly 'bitmaps': readonly (MigrateSetParametersBlockBitmapMappingItemBitmapsItem)[];
}

export interface MigrateSetParametersBlockBitmapMappingItemBitmapsItem {
  readonly 'name': string;
  readonly 'alias': string;
  readonly 'transform'?: MigrateSetParametersBlockBitmapMappingItemBitmapsItemTransform;
}

export interface MigrateSetParametersBlockBitmapMappingItemBitmapsItemTransform {
  readonly 'persistent'?: boolean;
}

export type MigrateSetParametersMode = 'normal' | 'cpr-reboot' | 'cpr-transfer';

export type MigrateSetParametersMultifdCompression = 'none' | 'zlib' | 'zstd';

export type MigrateSetParametersZeroPageDetection = 'none' | 'legacy' | 'multifd';

export interface MigrationData {
  readonly 'status': MigrationStatus;
}

export interface MigrationPassData {
  readonly 'pass': Integer;
}

export type MigrationStatus = 'none' | 'setup' | 'cancelling' | 'cancelled' | 'active' | 'postcopy-active' | 'postcopy-paused' | 'postcopy-recover-setup' | 'postcopy-recover' | 'completed' | 'failed' | 'colo' | 'pre-switchover' | 'device' | 'wait-unplug';

export interface NbdServerAddArguments {
  readonly 'name'?: string;
  readonly 'description'?: string;
  readonly 'device': string;
  readonly 'writable'?: boolean;
  readonly 'bitmap'?: string;
}

export interface NbdServerRemoveArguments {
  readonly 'name': string;
  readonly 'mode'?: BlockExportDelMode;
}

export type NbdServerStartAddr = {
} & (
  | ({ readonly 'type': 'inet' } & NbdServerStartAddrInet)
  | ({ readonly 'type': 'unix' } & NbdServerStartAddrUnix)
  | ({ readonly 'type': 'vsock' } & NbdServerStartAddrVsock)
  | ({ readonly 'type': 'fd' } & NbdServerStartAddrFd)
);

export interface NbdServerStartAddrFd {
  readonly 'data': NetdevStreamConnectedAddrFd;
}

export interface NbdServerStartAddrInet {
  readonly 'data': NetdevStreamConnectedAddrInet;
}

export interface NbdServerStartAddrUnix {
  readonly 'data': NetdevStreamConnectedAddrUnix;
}

export interface NbdServerStartAddrVsock {
  readonly 'data': NetdevStreamConnectedAddrVsock;
}

export interface NbdServerStartArguments {
  readonly 'handshake-max-seconds'?: Integer;
  readonly 'tls-creds'?: string;
  readonly 'tls-authz'?: string;
  readonly 'max-connections'?: Integer;
  readonly 'addr': NbdServerStartAddr;
}

export type NetdevAddArguments = {
  readonly 'id': string;
} & (
  | ({ readonly 'type': 'nic' } & NetdevAddNic)
  | ({ readonly 'type': 'user' } & NetdevAddUser)
  | ({ readonly 'type': 'tap' } & NetdevAddTap)
  | ({ readonly 'type': 'l2tpv3' } & NetdevAddL2tpv3)
  | ({ readonly 'type': 'socket' } & NetdevAddSocket)
  | ({ readonly 'type': 'stream' } & NetdevAddStream)
  | ({ readonly 'type': 'dgram' } & NetdevAddDgram)
  | ({ readonly 'type': 'vde' } & NetdevAddVde)
  | ({ readonly 'type': 'bridge' } & NetdevAddBridge)
  | ({ readonly 'type': 'hubport' } & NetdevAddHubport)
  | ({ readonly 'type': 'netmap' } & NetdevAddNetmap)
  | ({ readonly 'type': 'vhost-user' } & NetdevAddVhostUser)
  | ({ readonly 'type': 'vhost-vdpa' } & NetdevAddVhostVdpa)
  | { readonly 'type': 'none' }
);

export interface NetdevAddBridge {
  readonly 'br'?: string;
  readonly 'helper'?: string;
}

export interface NetdevAddDgram {
  readonly 'local'?: NetdevStreamConnectedAddr;
  readonly 'remote'?: NetdevStreamConnectedAddr;
}

export interface NetdevAddHubport {
  readonly 'hubid': Integer;
  readonly 'netdev'?: string;
}

export interface NetdevAddL2tpv3 {
  readonly 'src': string;
  readonly 'dst': string;
  readonly 'srcport'?: string;
  readonly 'dstport'?: string;
  readonly 'ipv6'?: boolean;
  readonly 'udp'?: boolean;
  readonly 'cookie64'?: boolean;
  readonly 'counter'?: boolean;
  readonly 'pincounter'?: boolean;
  readonly 'txcookie'?: Integer;
  readonly 'rxcookie'?: Integer;
  readonly 'txsession': Integer;
  readonly 'rxsession'?: Integer;
  readonly 'offset'?: Integer;
}

export interface NetdevAddNetmap {
  readonly 'ifname': string;
  readonly 'devname'?: string;
}

export interface NetdevAddNic {
  readonly 'netdev'?: string;
  readonly 'macaddr'?: string;
  readonly 'model'?: string;
  readonly 'addr'?: string;
  readonly 'vectors'?: Integer;
}

export interface NetdevAddSocket {
  readonly 'fd'?: string;
  readonly 'listen'?: string;
  readonly 'connect'?: string;
  readonly 'mcast'?: string;
  readonly 'localaddr'?: string;
  readonly 'udp'?: string;
}

export interface NetdevAddStream {
  readonly 'addr': NetdevStreamConnectedAddr;
  readonly 'server'?: boolean;
  /** @deprecated by QEMU */
  readonly 'reconnect'?: Integer;
  readonly 'reconnect-ms'?: Integer;
}

export interface NetdevAddTap {
  readonly 'ifname'?: string;
  readonly 'fd'?: string;
  readonly 'fds'?: string;
  readonly 'script'?: string;
  readonly 'downscript'?: string;
  readonly 'br'?: string;
  readonly 'helper'?: string;
  readonly 'sndbuf'?: Integer;
  readonly 'vnet_hdr'?: boolean;
  readonly 'vhost'?: boolean;
  readonly 'vhostfd'?: string;
  readonly 'vhostfds'?: string;
  readonly 'vhostforce'?: boolean;
  readonly 'queues'?: Integer;
  readonly 'poll-us'?: Integer;
}

export type NetdevAddType = 'none' | 'nic' | 'user' | 'tap' | 'l2tpv3' | 'socket' | 'stream' | 'dgram' | 'vde' | 'bridge' | 'hubport' | 'netmap' | 'vhost-user' | 'vhost-vdpa';

export interface NetdevAddUser {
  readonly 'hostname'?: string;
  readonly 'restrict'?: boolean;
  readonly 'ipv4'?: boolean;
  readonly 'ipv6'?: boolean;
  readonly 'ip'?: string;
  readonly 'net'?: string;
  readonly 'host'?: string;
  readonly 'tftp'?: string;
  readonly 'bootfile'?: string;
  readonly 'dhcpstart'?: string;
  readonly 'dns'?: string;
  readonly 'dnssearch'?: readonly (NetdevAddUserDnssearchItem)[];
  readonly 'domainname'?: string;
  readonly 'ipv6-prefix'?: string;
  readonly 'ipv6-prefixlen'?: Integer;
  readonly 'ipv6-host'?: string;
  readonly 'ipv6-dns'?: string;
  readonly 'smb'?: string;
  readonly 'smbserver'?: string;
  readonly 'hostfwd'?: readonly (NetdevAddUserDnssearchItem)[];
  readonly 'guestfwd'?: readonly (NetdevAddUserDnssearchItem)[];
  readonly 'tftp-server-name'?: string;
}

export interface NetdevAddUserDnssearchItem {
  readonly 'str': string;
}

export interface NetdevAddVde {
  readonly 'sock'?: string;
  readonly 'port'?: Integer;
  readonly 'group'?: string;
  readonly 'mode'?: Integer;
}

export interface NetdevAddVhostUser {
  readonly 'chardev': string;
  readonly 'vhostforce'?: boolean;
  readonly 'queues'?: Integer;
}

export interface NetdevAddVhostVdpa {
  readonly 'vhostdev'?: string;
  readonly 'vhostfd'?: string;
  readonly 'queues'?: Integer;
  /** @experimental unstable in QEMU */
  readonly 'x-svq'?: boolean;
}

export interface NetdevDelArguments {
  readonly 'id': string;
}

export type NetdevStreamConnectedAddr = {
} & (
  | ({ readonly 'type': 'inet' } & NetdevStreamConnectedAddrInet)
  | ({ readonly 'type': 'unix' } & NetdevStreamConnectedAddrUnix)
  | ({ readonly 'type': 'vsock' } & NetdevStreamConnectedAddrVsock)
  | ({ readonly 'type': 'fd' } & NetdevStreamConnectedAddrFd)
);

export interface NetdevStreamConnectedAddrFd {
  readonly 'str': string;
}

export interface NetdevStreamConnectedAddrInet {
  readonly 'host': string;
  readonly 'port': string;
  readonly 'numeric'?: boolean;
  readonly 'to'?: Integer;
  readonly 'ipv4'?: boolean;
  readonly 'ipv6'?: boolean;
  readonly 'keep-alive'?: boolean;
  readonly 'mptcp'?: boolean;
}

export type NetdevStreamConnectedAddrType = 'inet' | 'unix' | 'vsock' | 'fd';

export interface NetdevStreamConnectedAddrUnix {
  readonly 'path': string;
  readonly 'abstract'?: boolean;
  readonly 'tight'?: boolean;
}

export interface NetdevStreamConnectedAddrVsock {
  readonly 'cid': string;
  readonly 'port': string;
}

export interface NetdevStreamConnectedData {
  readonly 'netdev-id': string;
  readonly 'addr': NetdevStreamConnectedAddr;
}

export interface NetdevStreamDisconnectedData {
  readonly 'netdev-id': string;
}

export interface NetdevVhostUserConnectedData {
  readonly 'netdev-id': string;
  readonly 'chardev-id': string;
}

export interface NetdevVhostUserDisconnectedData {
  readonly 'netdev-id': string;
}

export interface NicRxFilterChangedData {
  readonly 'name'?: string;
  readonly 'path': string;
}

export interface ObjectAddAcpiGenericInitiator {
  readonly 'pci-dev': string;
  readonly 'node': Integer;
}

export interface ObjectAddAcpiGenericPort {
  readonly 'pci-bus': string;
  readonly 'node': Integer;
}

export type ObjectAddArguments = {
  readonly 'id': string;
} & (
  | ({ readonly 'qom-type': 'acpi-generic-initiator' } & ObjectAddAcpiGenericInitiator)
  | ({ readonly 'qom-type': 'acpi-generic-port' } & ObjectAddAcpiGenericPort)
  | ({ readonly 'qom-type': 'authz-list' } & ObjectAddAuthzList)
  | ({ readonly 'qom-type': 'authz-listfile' } & ObjectAddAuthzListfile)
  | ({ readonly 'qom-type': 'authz-pam' } & ObjectAddAuthzPam)
  | ({ readonly 'qom-type': 'authz-simple' } & ObjectAddAuthzSimple)
  | ({ readonly 'qom-type': 'can-host-socketcan' } & ObjectAddCanHostSocketcan)
  | ({ readonly 'qom-type': 'colo-compare' } & ObjectAddColoCompare)
  | ({ readonly 'qom-type': 'cryptodev-backend' } & ObjectAddCryptodevBackend)
  | ({ readonly 'qom-type': 'cryptodev-backend-builtin' } & ObjectAddCryptodevBackend)
  | ({ readonly 'qom-type': 'cryptodev-backend-lkcf' } & ObjectAddCryptodevBackend)
  | ({ readonly 'qom-type': 'cryptodev-vhost-user' } & ObjectAddCryptodevVhostUser)
  | ({ readonly 'qom-type': 'dbus-vmstate' } & ObjectAddDbusVmstate)
  | ({ readonly 'qom-type': 'filter-buffer' } & ObjectAddFilterBuffer)
  | ({ readonly 'qom-type': 'filter-dump' } & ObjectAddFilterDump)
  | ({ readonly 'qom-type': 'filter-mirror' } & ObjectAddFilterMirror)
  | ({ readonly 'qom-type': 'filter-redirector' } & ObjectAddFilterRedirector)
  | ({ readonly 'qom-type': 'filter-replay' } & ObjectAddFilterReplay)
  | ({ readonly 'qom-type': 'filter-rewriter' } & ObjectAddFilterRewriter)
  | ({ readonly 'qom-type': 'input-barrier' } & ObjectAddInputBarrier)
  | ({ readonly 'qom-type': 'input-linux' } & ObjectAddInputLinux)
  | ({ readonly 'qom-type': 'iommufd' } & ObjectAddIommufd)
  | ({ readonly 'qom-type': 'iothread' } & ObjectAddIothread)
  | ({ readonly 'qom-type': 'main-loop' } & ObjectAddMainLoop)
  | ({ readonly 'qom-type': 'memory-backend-epc' } & ObjectAddMemoryBackendEpc)
  | ({ readonly 'qom-type': 'memory-backend-file' } & ObjectAddMemoryBackendFile)
  | ({ readonly 'qom-type': 'memory-backend-memfd' } & ObjectAddMemoryBackendMemfd)
  | ({ readonly 'qom-type': 'memory-backend-ram' } & ObjectAddMemoryBackendRam)
  | ({ readonly 'qom-type': 'memory-backend-shm' } & ObjectAddMemoryBackendShm)
  | ({ readonly 'qom-type': 'pr-manager-helper' } & ObjectAddPrManagerHelper)
  | ({ readonly 'qom-type': 'qtest' } & ObjectAddQtest)
  | ({ readonly 'qom-type': 'rng-builtin' } & ObjectAddRngBuiltin)
  | ({ readonly 'qom-type': 'rng-egd' } & ObjectAddRngEgd)
  | ({ readonly 'qom-type': 'rng-random' } & ObjectAddRngRandom)
  | ({ readonly 'qom-type': 'secret' } & ObjectAddSecret)
  | ({ readonly 'qom-type': 'secret_keyring' } & ObjectAddSecretKeyring)
  | ({ readonly 'qom-type': 'sev-guest' } & ObjectAddSevGuest)
  | ({ readonly 'qom-type': 'sev-snp-guest' } & ObjectAddSevSnpGuest)
  | ({ readonly 'qom-type': 'thread-context' } & ObjectAddThreadContext)
  | ({ readonly 'qom-type': 'throttle-group' } & ObjectAddThrottleGroup)
  | ({ readonly 'qom-type': 'tls-creds-anon' } & ObjectAddTlsCredsAnon)
  | ({ readonly 'qom-type': 'tls-creds-psk' } & ObjectAddTlsCredsPsk)
  | ({ readonly 'qom-type': 'tls-creds-x509' } & ObjectAddTlsCredsX509)
  | ({ readonly 'qom-type': 'tls-cipher-suites' } & ObjectAddTlsCipherSuites)
  | ({ readonly 'qom-type': 'x-remote-object' } & ObjectAddXRemoteObject)
  | ({ readonly 'qom-type': 'x-vfio-user-server' } & ObjectAddXVfioUserServer)
  | { readonly 'qom-type': 'can-bus' }
  | { readonly 'qom-type': 'pef-guest' }
  | { readonly 'qom-type': 's390-pv-guest' }
);

export interface ObjectAddAuthzList {
  readonly 'policy'?: ObjectAddAuthzListPolicy;
  readonly 'rules'?: readonly (ObjectAddAuthzListRulesItem)[];
}

export type ObjectAddAuthzListPolicy = 'deny' | 'allow';

export interface ObjectAddAuthzListRulesItem {
  readonly 'match': string;
  readonly 'policy': ObjectAddAuthzListPolicy;
  readonly 'format'?: ObjectAddAuthzListRulesItemFormat;
}

export type ObjectAddAuthzListRulesItemFormat = 'exact' | 'glob';

export interface ObjectAddAuthzListfile {
  readonly 'filename': string;
  readonly 'refresh'?: boolean;
}

export interface ObjectAddAuthzPam {
  readonly 'service': string;
}

export interface ObjectAddAuthzSimple {
  readonly 'identity': string;
}

export interface ObjectAddCanHostSocketcan {
  readonly 'if': string;
  readonly 'canbus': string;
}

export interface ObjectAddColoCompare {
  readonly 'primary_in': string;
  readonly 'secondary_in': string;
  readonly 'outdev': string;
  readonly 'iothread': string;
  readonly 'notify_dev'?: string;
  readonly 'compare_timeout'?: Integer;
  readonly 'expired_scan_cycle'?: Integer;
  readonly 'max_queue_size'?: Integer;
  readonly 'vnet_hdr_support'?: boolean;
}

export interface ObjectAddCryptodevBackend {
  readonly 'queues'?: Integer;
  readonly 'throttle-bps'?: Integer;
  readonly 'throttle-ops'?: Integer;
}

export interface ObjectAddCryptodevVhostUser {
  readonly 'queues'?: Integer;
  readonly 'throttle-bps'?: Integer;
  readonly 'throttle-ops'?: Integer;
  readonly 'chardev': string;
}

export interface ObjectAddDbusVmstate {
  readonly 'addr': string;
  readonly 'id-list'?: string;
}

export interface ObjectAddFilterBuffer {
  readonly 'netdev': string;
  readonly 'queue'?: ObjectAddFilterBufferQueue;
  readonly 'status'?: string;
  readonly 'position'?: string;
  readonly 'insert'?: ObjectAddFilterBufferInsert;
  readonly 'interval': Integer;
}

export type ObjectAddFilterBufferInsert = 'before' | 'behind';

export type ObjectAddFilterBufferQueue = 'all' | 'rx' | 'tx';

export interface ObjectAddFilterDump {
  readonly 'netdev': string;
  readonly 'queue'?: ObjectAddFilterBufferQueue;
  readonly 'status'?: string;
  readonly 'position'?: string;
  readonly 'insert'?: ObjectAddFilterBufferInsert;
  readonly 'file': string;
  readonly 'maxlen'?: Integer;
}

export interface ObjectAddFilterMirror {
  readonly 'netdev': string;
  readonly 'queue'?: ObjectAddFilterBufferQueue;
  readonly 'status'?: string;
  readonly 'position'?: string;
  readonly 'insert'?: ObjectAddFilterBufferInsert;
  readonly 'outdev': string;
  readonly 'vnet_hdr_support'?: boolean;
}

export interface ObjectAddFilterRedirector {
  readonly 'netdev': string;
  readonly 'queue'?: ObjectAddFilterBufferQueue;
  readonly 'status'?: string;
  readonly 'position'?: string;
  readonly 'insert'?: ObjectAddFilterBufferInsert;
  readonly 'indev'?: string;
  readonly 'outdev'?: string;
  readonly 'vnet_hdr_support'?: boolean;
}

export interface ObjectAddFilterReplay {
  readonly 'netdev': string;
  readonly 'queue'?: ObjectAddFilterBufferQueue;
  readonly 'status'?: string;
  readonly 'position'?: string;
  readonly 'insert'?: ObjectAddFilterBufferInsert;
}

export interface ObjectAddFilterRewriter {
  readonly 'netdev': string;
  readonly 'queue'?: ObjectAddFilterBufferQueue;
  readonly 'status'?: string;
  readonly 'position'?: string;
  readonly 'insert'?: ObjectAddFilterBufferInsert;
  readonly 'vnet_hdr_support'?: boolean;
}

export interface ObjectAddInputBarrier {
  readonly 'name': string;
  readonly 'server'?: string;
  readonly 'port'?: string;
  readonly 'x-origin'?: string;
  readonly 'y-origin'?: string;
  readonly 'width'?: string;
  readonly 'height'?: string;
}

export interface ObjectAddInputLinux {
  readonly 'evdev': string;
  readonly 'grab_all'?: boolean;
  readonly 'repeat'?: boolean;
  readonly 'grab-toggle'?: ObjectAddInputLinuxGrabToggle;
}

export type ObjectAddInputLinuxGrabToggle = 'ctrl-ctrl' | 'alt-alt' | 'shift-shift' | 'meta-meta' | 'scrolllock' | 'ctrl-scrolllock';

export interface ObjectAddIommufd {
  readonly 'fd'?: string;
}

export interface ObjectAddIothread {
  readonly 'aio-max-batch'?: Integer;
  readonly 'thread-pool-min'?: Integer;
  readonly 'thread-pool-max'?: Integer;
  readonly 'poll-max-ns'?: Integer;
  readonly 'poll-grow'?: Integer;
  readonly 'poll-shrink'?: Integer;
}

export interface ObjectAddMainLoop {
  readonly 'aio-max-batch'?: Integer;
  readonly 'thread-pool-min'?: Integer;
  readonly 'thread-pool-max'?: Integer;
}

export interface ObjectAddMemoryBackendEpc {
  readonly 'dump'?: boolean;
  readonly 'host-nodes'?: readonly (Integer)[];
  readonly 'merge'?: boolean;
  readonly 'policy'?: ObjectAddMemoryBackendEpcPolicy;
  readonly 'prealloc'?: boolean;
  readonly 'prealloc-threads'?: Integer;
  readonly 'prealloc-context'?: string;
  readonly 'share'?: boolean;
  readonly 'reserve'?: boolean;
  readonly 'size': Integer;
  readonly 'x-use-canonical-path-for-ramblock-id'?: boolean;
}

export type ObjectAddMemoryBackendEpcPolicy = 'default' | 'preferred' | 'bind' | 'interleave';

export interface ObjectAddMemoryBackendFile {
  readonly 'dump'?: boolean;
  readonly 'host-nodes'?: readonly (Integer)[];
  readonly 'merge'?: boolean;
  readonly 'policy'?: ObjectAddMemoryBackendEpcPolicy;
  readonly 'prealloc'?: boolean;
  readonly 'prealloc-threads'?: Integer;
  readonly 'prealloc-context'?: string;
  readonly 'share'?: boolean;
  readonly 'reserve'?: boolean;
  readonly 'size': Integer;
  readonly 'x-use-canonical-path-for-ramblock-id'?: boolean;
  readonly 'align'?: Integer;
  readonly 'offset'?: Integer;
  readonly 'discard-data'?: boolean;
  readonly 'mem-path': string;
  readonly 'pmem'?: boolean;
  readonly 'readonly'?: boolean;
  readonly 'rom'?: BlockdevAddFileLocking;
}

export interface ObjectAddMemoryBackendMemfd {
  readonly 'dump'?: boolean;
  readonly 'host-nodes'?: readonly (Integer)[];
  readonly 'merge'?: boolean;
  readonly 'policy'?: ObjectAddMemoryBackendEpcPolicy;
  readonly 'prealloc'?: boolean;
  readonly 'prealloc-threads'?: Integer;
  readonly 'prealloc-context'?: string;
  readonly 'share'?: boolean;
  readonly 'reserve'?: boolean;
  readonly 'size': Integer;
  readonly 'x-use-canonical-path-for-ramblock-id'?: boolean;
  readonly 'hugetlb'?: boolean;
  readonly 'hugetlbsize'?: Integer;
  readonly 'seal'?: boolean;
}

export interface ObjectAddMemoryBackendRam {
  readonly 'dump'?: boolean;
  readonly 'host-nodes'?: readonly (Integer)[];
  readonly 'merge'?: boolean;
  readonly 'policy'?: ObjectAddMemoryBackendEpcPolicy;
  readonly 'prealloc'?: boolean;
  readonly 'prealloc-threads'?: Integer;
  readonly 'prealloc-context'?: string;
  readonly 'share'?: boolean;
  readonly 'reserve'?: boolean;
  readonly 'size': Integer;
  readonly 'x-use-canonical-path-for-ramblock-id'?: boolean;
}

export interface ObjectAddMemoryBackendShm {
  readonly 'dump'?: boolean;
  readonly 'host-nodes'?: readonly (Integer)[];
  readonly 'merge'?: boolean;
  readonly 'policy'?: ObjectAddMemoryBackendEpcPolicy;
  readonly 'prealloc'?: boolean;
  readonly 'prealloc-threads'?: Integer;
  readonly 'prealloc-context'?: string;
  readonly 'share'?: boolean;
  readonly 'reserve'?: boolean;
  readonly 'size': Integer;
  readonly 'x-use-canonical-path-for-ramblock-id'?: boolean;
}

export interface ObjectAddPrManagerHelper {
  readonly 'path': string;
}

export type ObjectAddQomType = 'acpi-generic-initiator' | 'acpi-generic-port' | 'authz-list' | 'authz-listfile' | 'authz-pam' | 'authz-simple' | 'can-bus' | 'can-host-socketcan' | 'colo-compare' | 'cryptodev-backend' | 'cryptodev-backend-builtin' | 'cryptodev-backend-lkcf' | 'cryptodev-vhost-user' | 'dbus-vmstate' | 'filter-buffer' | 'filter-dump' | 'filter-mirror' | 'filter-redirector' | 'filter-replay' | 'filter-rewriter' | 'input-barrier' | 'input-linux' | 'iommufd' | 'iothread' | 'main-loop' | 'memory-backend-epc' | 'memory-backend-file' | 'memory-backend-memfd' | 'memory-backend-ram' | 'memory-backend-shm' | 'pef-guest' | 'pr-manager-helper' | 'qtest' | 'rng-builtin' | 'rng-egd' | 'rng-random' | 'secret' | 'secret_keyring' | 'sev-guest' | 'sev-snp-guest' | 'thread-context' | 's390-pv-guest' | 'throttle-group' | 'tls-creds-anon' | 'tls-creds-psk' | 'tls-creds-x509' | 'tls-cipher-suites' | 'x-remote-object' | 'x-vfio-user-server';

export interface ObjectAddQtest {
  readonly 'chardev': string;
  readonly 'log'?: string;
}

export interface ObjectAddRngBuiltin {
  /** @deprecated by QEMU */
  readonly 'opened'?: boolean;
}

export interface ObjectAddRngEgd {
  /** @deprecated by QEMU */
  readonly 'opened'?: boolean;
  readonly 'chardev': string;
}

export interface ObjectAddRngRandom {
  /** @deprecated by QEMU */
  readonly 'opened'?: boolean;
  readonly 'filename'?: string;
}

export interface ObjectAddSecret {
  readonly 'format'?: ObjectAddSecretFormat;
  readonly 'keyid'?: string;
  readonly 'iv'?: string;
  readonly 'data'?: string;
  readonly 'file'?: string;
}

export type ObjectAddSecretFormat = 'raw' | 'base64';

export interface ObjectAddSecretKeyring {
  readonly 'format'?: ObjectAddSecretFormat;
  readonly 'keyid'?: string;
  readonly 'iv'?: string;
  readonly 'serial': Integer;
}

export interface ObjectAddSevGuest {
  readonly 'sev-device'?: string;
  readonly 'cbitpos'?: Integer;
  readonly 'reduced-phys-bits': Integer;
  readonly 'kernel-hashes'?: boolean;
  readonly 'dh-cert-file'?: string;
  readonly 'session-file'?: string;
  readonly 'policy'?: Integer;
  readonly 'handle'?: Integer;
  readonly 'legacy-vm-type'?: BlockdevAddFileLocking;
}

export interface ObjectAddSevSnpGuest {
  readonly 'sev-device'?: string;
  readonly 'cbitpos'?: Integer;
  readonly 'reduced-phys-bits': Integer;
  readonly 'kernel-hashes'?: boolean;
  readonly 'policy'?: Integer;
  readonly 'guest-visible-workarounds'?: string;
  readonly 'id-block'?: string;
  readonly 'id-auth'?: string;
  readonly 'author-key-enabled'?: boolean;
  readonly 'host-data'?: string;
  readonly 'vcek-disabled'?: boolean;
}

export interface ObjectAddThreadContext {
  readonly 'cpu-affinity'?: readonly (Integer)[];
  readonly 'node-affinity'?: readonly (Integer)[];
}

export interface ObjectAddThrottleGroup {
  readonly 'limits'?: ObjectAddThrottleGroupLimits;
  /** @experimental unstable in QEMU */
  readonly 'x-iops-total'?: Integer;
  /** @experimental unstable in QEMU */
  readonly 'x-iops-total-max'?: Integer;
  /** @experimental unstable in QEMU */
  readonly 'x-iops-total-max-length'?: Integer;
  /** @experimental unstable in QEMU */
  readonly 'x-iops-read'?: Integer;
  /** @experimental unstable in QEMU */
  readonly 'x-iops-read-max'?: Integer;
  /** @experimental unstable in QEMU */
  readonly 'x-iops-read-max-length'?: Integer;
  /** @experimental unstable in QEMU */
  readonly 'x-iops-write'?: Integer;
  /** @experimental unstable in QEMU */
  readonly 'x-iops-write-max'?: Integer;
  /** @experimental unstable in QEMU */
  readonly 'x-iops-write-max-length'?: Integer;
  /** @experimental unstable in QEMU */
  readonly 'x-bps-total'?: Integer;
  /** @experimental unstable in QEMU */
  readonly 'x-bps-total-max'?: Integer;
  /** @experimental unstable in QEMU */
  readonly 'x-bps-total-max-length'?: Integer;
  /** @experimental unstable in QEMU */
  readonly 'x-bps-read'?: Integer;
  /** @experimental unstable in QEMU */
  readonly 'x-bps-read-max'?: Integer;
  /** @experimental unstable in QEMU */
  readonly 'x-bps-read-max-length'?: Integer;
  /** @experimental unstable in QEMU */
  readonly 'x-bps-write'?: Integer;
  /** @experimental unstable in QEMU */
  readonly 'x-bps-write-max'?: Integer;
  /** @experimental unstable in QEMU */
  readonly 'x-bps-write-max-length'?: Integer;
  /** @experimental unstable in QEMU */
  readonly 'x-iops-size'?: Integer;
}

export interface ObjectAddThrottleGroupLimits {
  readonly 'iops-total'?: Integer;
  readonly 'iops-total-max'?: Integer;
  readonly 'iops-total-max-length'?: Integer;
  readonly 'iops-read'?: Integer;
  readonly 'iops-read-max'?: Integer;
  readonly 'iops-read-max-length'?: Integer;
  readonly 'iops-write'?: Integer;
  readonly 'iops-write-max'?: Integer;
  readonly 'iops-write-max-length'?: Integer;
  readonly 'bps-total'?: Integer;
  readonly 'bps-total-max'?: Integer;
  readonly 'bps-total-max-length'?: Integer;
  readonly 'bps-read'?: Integer;
  readonly 'bps-read-max'?: Integer;
  readonly 'bps-read-max-length'?: Integer;
  readonly 'bps-write'?: Integer;
  readonly 'bps-write-max'?: Integer;
  readonly 'bps-write-max-length'?: Integer;
  readonly 'iops-size'?: Integer;
}

export interface ObjectAddTlsCipherSuites {
  readonly 'verify-peer'?: boolean;
  readonly 'dir'?: string;
  readonly 'endpoint'?: ObjectAddTlsCredsAnonEndpoint;
  readonly 'priority'?: string;
}

export interface ObjectAddTlsCredsAnon {
  readonly 'verify-peer'?: boolean;
  readonly 'dir'?: string;
  readonly 'endpoint'?: ObjectAddTlsCredsAnonEndpoint;
  readonly 'priority'?: string;
}

export type ObjectAddTlsCredsAnonEndpoint = 'client' | 'server';

export interface ObjectAddTlsCredsPsk {
  readonly 'verify-peer'?: boolean;
  readonly 'dir'?: string;
  readonly 'endpoint'?: ObjectAddTlsCredsAnonEndpoint;
  readonly 'priority'?: string;
  readonly 'username'?: string;
}

export interface ObjectAddTlsCredsX509 {
  readonly 'verify-peer'?: boolean;
  readonly 'dir'?: string;
  readonly 'endpoint'?: ObjectAddTlsCredsAnonEndpoint;
  readonly 'priority'?: string;
  readonly 'sanity-check'?: boolean;
  readonly 'passwordid'?: string;
}

export interface ObjectAddXRemoteObject {
  readonly 'fd': string;
  readonly 'devid': string;
}

export interface ObjectAddXVfioUserServer {
  readonly 'socket': NetdevStreamConnectedAddr;
  readonly 'device': string;
}

export interface ObjectDelArguments {
  readonly 'id': string;
}

export interface PmemsaveArguments {
  readonly 'val': Integer;
  readonly 'size': Integer;
  readonly 'filename': string;
}

export interface PrManagerStatusChangedData {
  readonly 'id': string;
  readonly 'connected': boolean;
}

export interface QmpCapabilitiesArguments {
  readonly 'enable'?: readonly (QmpCapabilitiesEnableItem)[];
}

export type QmpCapabilitiesEnableItem = 'oob';

export interface QomGetArguments {
  readonly 'path': string;
  readonly 'property': string;
}

export interface QomListArguments {
  readonly 'path': string;
}

export interface QomListPropertiesArguments {
  readonly 'typename': string;
}

export interface QomListTypesArguments {
  readonly 'implements'?: string;
  readonly 'abstract'?: boolean;
}

export interface QomListTypesItem {
  readonly 'name': string;
  readonly 'abstract'?: boolean;
  readonly 'parent'?: string;
}

export interface QomSetArguments {
  readonly 'path': string;
  readonly 'property': string;
  readonly 'value': unknown;
}

export type QueryAudiodevsItem = {
  readonly 'id': string;
  readonly 'timer-period'?: Integer;
} & (
  | ({ readonly 'driver': 'none' } & QueryAudiodevsItemNone)
  | ({ readonly 'driver': 'alsa' } & QueryAudiodevsItemAlsa)
  | ({ readonly 'driver': 'dbus' } & QueryAudiodevsItemDbus)
  | ({ readonly 'driver': 'jack' } & QueryAudiodevsItemJack)
  | ({ readonly 'driver': 'oss' } & QueryAudiodevsItemOss)
  | ({ readonly 'driver': 'pa' } & QueryAudiodevsItemPa)
  | ({ readonly 'driver': 'pipewire' } & QueryAudiodevsItemPipewire)
  | ({ readonly 'driver': 'sdl' } & QueryAudiodevsItemSdl)
  | ({ readonly 'driver': 'spice' } & QueryAudiodevsItemNone)
  | ({ readonly 'driver': 'wav' } & QueryAudiodevsItemWav)
);

export interface QueryAudiodevsItemAlsa {
  readonly 'in'?: QueryAudiodevsItemAlsaIn;
  readonly 'out'?: QueryAudiodevsItemAlsaIn;
  readonly 'threshold'?: Integer;
}

export interface QueryAudiodevsItemAlsaIn {
  readonly 'mixing-engine'?: boolean;
  readonly 'fixed-settings'?: boolean;
  readonly 'frequency'?: Integer;
  readonly 'channels'?: Integer;
  readonly 'voices'?: Integer;
  readonly 'format'?: QueryAudiodevsItemNoneInFormat;
  readonly 'buffer-length'?: Integer;
  readonly 'dev'?: string;
  readonly 'period-length'?: Integer;
  readonly 'try-poll'?: boolean;
}

export interface QueryAudiodevsItemDbus {
  readonly 'in'?: QueryAudiodevsItemNoneIn;
  readonly 'out'?: QueryAudiodevsItemNoneIn;
  readonly 'nsamples'?: Integer;
}

export type QueryAudiodevsItemDriver = 'none' | 'alsa' | 'dbus' | 'jack' | 'oss' | 'pa' | 'pipewire' | 'sdl' | 'spice' | 'wav';

export interface QueryAudiodevsItemJack {
  readonly 'in'?: QueryAudiodevsItemJackIn;
  readonly 'out'?: QueryAudiodevsItemJackIn;
}

export interface QueryAudiodevsItemJackIn {
  readonly 'mixing-engine'?: boolean;
  readonly 'fixed-settings'?: boolean;
  readonly 'frequency'?: Integer;
  readonly 'channels'?: Integer;
  readonly 'voices'?: Integer;
  readonly 'format'?: QueryAudiodevsItemNoneInFormat;
  readonly 'buffer-length'?: Integer;
  readonly 'server-name'?: string;
  readonly 'client-name'?: string;
  readonly 'connect-ports'?: string;
  readonly 'start-server'?: boolean;
  readonly 'exact-name'?: boolean;
}

export interface QueryAudiodevsItemNone {
  readonly 'in'?: QueryAudiodevsItemNoneIn;
  readonly 'out'?: QueryAudiodevsItemNoneIn;
}

export interface QueryAudiodevsItemNoneIn {
  readonly 'mixing-engine'?: boolean;
  readonly 'fixed-settings'?: boolean;
  readonly 'frequency'?: Integer;
  readonly 'channels'?: Integer;
  readonly 'voices'?: Integer;
  readonly 'format'?: QueryAudiodevsItemNoneInFormat;
  readonly 'buffer-length'?: Integer;
}

export type QueryAudiodevsItemNoneInFormat = 'u8' | 's8' | 'u16' | 's16' | 'u32' | 's32' | 'f32';

export interface QueryAudiodevsItemOss {
  readonly 'in'?: QueryAudiodevsItemOssIn;
  readonly 'out'?: QueryAudiodevsItemOssIn;
  readonly 'try-mmap'?: boolean;
  readonly 'exclusive'?: boolean;
  readonly 'dsp-policy'?: Integer;
}

export interface QueryAudiodevsItemOssIn {
  readonly 'mixing-engine'?: boolean;
  readonly 'fixed-settings'?: boolean;
  readonly 'frequency'?: Integer;
  readonly 'channels'?: Integer;
  readonly 'voices'?: Integer;
  readonly 'format'?: QueryAudiodevsItemNoneInFormat;
  readonly 'buffer-length'?: Integer;
  readonly 'dev'?: string;
  readonly 'buffer-count'?: Integer;
  readonly 'try-poll'?: boolean;
}

export interface QueryAudiodevsItemPa {
  readonly 'in'?: QueryAudiodevsItemPaIn;
  readonly 'out'?: QueryAudiodevsItemPaIn;
  readonly 'server'?: string;
}

export interface QueryAudiodevsItemPaIn {
  readonly 'mixing-engine'?: boolean;
  readonly 'fixed-settings'?: boolean;
  readonly 'frequency'?: Integer;
  readonly 'channels'?: Integer;
  readonly 'voices'?: Integer;
  readonly 'format'?: QueryAudiodevsItemNoneInFormat;
  readonly 'buffer-length'?: Integer;
  readonly 'name'?: string;
  readonly 'stream-name'?: string;
  readonly 'latency'?: Integer;
}

export interface QueryAudiodevsItemPipewire {
  readonly 'in'?: QueryAudiodevsItemPipewireIn;
  readonly 'out'?: QueryAudiodevsItemPipewireIn;
}

export interface QueryAudiodevsItemPipewireIn {
  readonly 'mixing-engine'?: boolean;
  readonly 'fixed-settings'?: boolean;
  readonly 'frequency'?: Integer;
  readonly 'channels'?: Integer;
  readonly 'voices'?: Integer;
  readonly 'format'?: QueryAudiodevsItemNoneInFormat;
  readonly 'buffer-length'?: Integer;
  readonly 'name'?: string;
  readonly 'stream-name'?: string;
  readonly 'latency'?: Integer;
}

export interface QueryAudiodevsItemSdl {
  readonly 'in'?: QueryAudiodevsItemSdlIn;
  readonly 'out'?: QueryAudiodevsItemSdlIn;
}

export interface QueryAudiodevsItemSdlIn {
  readonly 'mixing-engine'?: boolean;
  readonly 'fixed-settings'?: boolean;
  readonly 'frequency'?: Integer;
  readonly 'channels'?: Integer;
  readonly 'voices'?: Integer;
  readonly 'format'?: QueryAudiodevsItemNoneInFormat;
  readonly 'buffer-length'?: Integer;
  readonly 'buffer-count'?: Integer;
}

export interface QueryAudiodevsItemWav {
  readonly 'in'?: QueryAudiodevsItemNoneIn;
  readonly 'out'?: QueryAudiodevsItemNoneIn;
  readonly 'path'?: string;
}

export interface QueryBalloonReturn {
  readonly 'actual': Integer;
}

export interface QueryBlockExportsItem {
  readonly 'id': string;
  readonly 'type': BlockExportAddType;
  readonly 'node-name': string;
  readonly 'shutting-down': boolean;
}

export interface QueryBlockItem {
  readonly 'device': string;
  readonly 'qdev'?: string;
  readonly 'type': string;
  readonly 'removable': boolean;
  readonly 'locked': boolean;
  readonly 'inserted'?: QueryNamedBlockNodesItem;
  readonly 'tray_open'?: boolean;
  readonly 'io-status'?: QueryBlockItemIoStatus;
}

export type QueryBlockItemIoStatus = 'ok' | 'failed' | 'nospace';

export type QueryBlockJobsItem = {
  readonly 'device': string;
  readonly 'len': Integer;
  readonly 'offset': Integer;
  readonly 'busy': boolean;
  readonly 'paused': boolean;
  readonly 'speed': Integer;
  readonly 'io-status': QueryBlockItemIoStatus;
  readonly 'ready': boolean;
  readonly 'status': JobStatusChangeStatus;
  readonly 'auto-finalize': boolean;
  readonly 'auto-dismiss': boolean;
  readonly 'error'?: string;
} & (
  | ({ readonly 'type': 'mirror' } & QueryBlockJobsItemMirror)
  | { readonly 'type': 'commit' }
  | { readonly 'type': 'stream' }
  | { readonly 'type': 'backup' }
  | { readonly 'type': 'create' }
  | { readonly 'type': 'amend' }
  | { readonly 'type': 'snapshot-load' }
  | { readonly 'type': 'snapshot-save' }
  | { readonly 'type': 'snapshot-delete' }
);

export interface QueryBlockJobsItemMirror {
  readonly 'actively-synced': boolean;
}

export interface QueryBlockstatsArguments {
  readonly 'query-nodes'?: boolean;
}

export interface QueryBlockstatsItem {
  readonly 'device'?: string;
  readonly 'qdev'?: string;
  readonly 'node-name'?: string;
  readonly 'stats': QueryBlockstatsItemStats;
  readonly 'driver-specific'?: QueryBlockstatsItemDriverSpecific;
  readonly 'parent'?: QueryBlockstatsItem;
  readonly 'backing'?: QueryBlockstatsItem;
}

export type QueryBlockstatsItemDriverSpecific = {
} & (
  | ({ readonly 'driver': 'file' } & QueryBlockstatsItemDriverSpecificFile)
  | ({ readonly 'driver': 'host_device' } & QueryBlockstatsItemDriverSpecificFile)
  | ({ readonly 'driver': 'nvme' } & QueryBlockstatsItemDriverSpecificNvme)
  | { readonly 'driver': 'blkdebug' }
  | { readonly 'driver': 'blklogwrites' }
  | { readonly 'driver': 'blkreplay' }
  | { readonly 'driver': 'blkverify' }
  | { readonly 'driver': 'bochs' }
  | { readonly 'driver': 'cloop' }
  | { readonly 'driver': 'compress' }
  | { readonly 'driver': 'copy-before-write' }
  | { readonly 'driver': 'copy-on-read' }
  | { readonly 'driver': 'dmg' }
  | { readonly 'driver': 'snapshot-access' }
  | { readonly 'driver': 'ftp' }
  | { readonly 'driver': 'ftps' }
  | { readonly 'driver': 'gluster' }
  | { readonly 'driver': 'host_cdrom' }
  | { readonly 'driver': 'http' }
  | { readonly 'driver': 'https' }
  | { readonly 'driver': 'io_uring' }
  | { readonly 'driver': 'iscsi' }
  | { readonly 'driver': 'luks' }
  | { readonly 'driver': 'nbd' }
  | { readonly 'driver': 'nfs' }
  | { readonly 'driver': 'null-aio' }
  | { readonly 'driver': 'null-co' }
  | { readonly 'driver': 'nvme-io_uring' }
  | { readonly 'driver': 'parallels' }
  | { readonly 'driver': 'preallocate' }
  | { readonly 'driver': 'qcow' }
  | { readonly 'driver': 'qcow2' }
  | { readonly 'driver': 'qed' }
  | { readonly 'driver': 'quorum' }
  | { readonly 'driver': 'raw' }
  | { readonly 'driver': 'rbd' }
  | { readonly 'driver': 'replication' }
  | { readonly 'driver': 'ssh' }
  | { readonly 'driver': 'throttle' }
  | { readonly 'driver': 'vdi' }
  | { readonly 'driver': 'vhdx' }
  | { readonly 'driver': 'virtio-blk-vfio-pci' }
  | { readonly 'driver': 'virtio-blk-vhost-user' }
  | { readonly 'driver': 'virtio-blk-vhost-vdpa' }
  | { readonly 'driver': 'vmdk' }
  | { readonly 'driver': 'vpc' }
  | { readonly 'driver': 'vvfat' }
);

export interface QueryBlockstatsItemDriverSpecificFile {
  readonly 'discard-nb-ok': Integer;
  readonly 'discard-nb-failed': Integer;
  readonly 'discard-bytes-ok': Integer;
}

export interface QueryBlockstatsItemDriverSpecificNvme {
  readonly 'completion-errors': Integer;
  readonly 'aligned-accesses': Integer;
  readonly 'unaligned-accesses': Integer;
}

export interface QueryBlockstatsItemStats {
  readonly 'rd_bytes': Integer;
  readonly 'wr_bytes': Integer;
  readonly 'zone_append_bytes': Integer;
  readonly 'unmap_bytes': Integer;
  readonly 'rd_operations': Integer;
  readonly 'wr_operations': Integer;
  readonly 'zone_append_operations': Integer;
  readonly 'flush_operations': Integer;
  readonly 'unmap_operations': Integer;
  readonly 'rd_total_time_ns': Integer;
  readonly 'wr_total_time_ns': Integer;
  readonly 'zone_append_total_time_ns': Integer;
  readonly 'flush_total_time_ns': Integer;
  readonly 'unmap_total_time_ns': Integer;
  readonly 'wr_highest_offset': Integer;
  readonly 'rd_merged': Integer;
  readonly 'wr_merged': Integer;
  readonly 'zone_append_merged': Integer;
  readonly 'unmap_merged': Integer;
  readonly 'idle_time_ns'?: Integer;
  readonly 'failed_rd_operations': Integer;
  readonly 'failed_wr_operations': Integer;
  readonly 'failed_zone_append_operations': Integer;
  readonly 'failed_flush_operations': Integer;
  readonly 'failed_unmap_operations': Integer;
  readonly 'invalid_rd_operations': Integer;
  readonly 'invalid_wr_operations': Integer;
  readonly 'invalid_zone_append_operations': Integer;
  readonly 'invalid_flush_operations': Integer;
  readonly 'invalid_unmap_operations': Integer;
  readonly 'account_invalid': boolean;
  readonly 'account_failed': boolean;
  readonly 'timed_stats': readonly (QueryBlockstatsItemStatsTimedStatsItem)[];
  readonly 'rd_latency_histogram'?: QueryBlockstatsItemStatsRdLatencyHistogram;
  readonly 'wr_latency_histogram'?: QueryBlockstatsItemStatsRdLatencyHistogram;
  readonly 'zone_append_latency_histogram'?: QueryBlockstatsItemStatsRdLatencyHistogram;
  readonly 'flush_latency_histogram'?: QueryBlockstatsItemStatsRdLatencyHistogram;
}

export interface QueryBlockstatsItemStatsRdLatencyHistogram {
  readonly 'boundaries': readonly (Integer)[];
  readonly 'bins': readonly (Integer)[];
}

export interface QueryBlockstatsItemStatsTimedStatsItem {
  readonly 'interval_length': Integer;
  readonly 'min_rd_latency_ns': Integer;
  readonly 'max_rd_latency_ns': Integer;
  readonly 'avg_rd_latency_ns': Integer;
  readonly 'min_wr_latency_ns': Integer;
  readonly 'max_wr_latency_ns': Integer;
  readonly 'avg_wr_latency_ns': Integer;
  readonly 'min_zone_append_latency_ns': Integer;
  readonly 'max_zone_append_latency_ns': Integer;
  readonly 'avg_zone_append_latency_ns': Integer;
  readonly 'min_flush_latency_ns': Integer;
  readonly 'max_flush_latency_ns': Integer;
  readonly 'avg_flush_latency_ns': Integer;
  readonly 'avg_rd_queue_depth': number;
  readonly 'avg_wr_queue_depth': number;
  readonly 'avg_zone_append_queue_depth': number;
}

export interface QueryChardevBackendsItem {
  readonly 'name': string;
}

export interface QueryChardevItem {
  readonly 'label': string;
  readonly 'filename': string;
  readonly 'frontend-open': boolean;
}

export interface QueryColoStatusReturn {
  readonly 'mode': ColoExitMode;
  readonly 'last-mode': ColoExitMode;
  readonly 'reason': ColoExitReason;
}

export interface QueryCommandLineOptionsArguments {
  readonly 'option'?: string;
}

export interface QueryCommandLineOptionsItem {
  readonly 'option': string;
  readonly 'parameters': readonly (QueryCommandLineOptionsItemParametersItem)[];
}

export interface QueryCommandLineOptionsItemParametersItem {
  readonly 'name': string;
  readonly 'type': QueryCommandLineOptionsItemParametersItemType;
  readonly 'help'?: string;
  readonly 'default'?: string;
}

export type QueryCommandLineOptionsItemParametersItemType = 'string' | 'boolean' | 'number' | 'size';

export interface QueryCommandsItem {
  readonly 'name': string;
}

export interface QueryCpuDefinitionsItem {
  readonly 'name': string;
  readonly 'migration-safe'?: boolean;
  readonly 'static': boolean;
  readonly 'unavailable-features'?: readonly (string)[];
  readonly 'typename': string;
  readonly 'alias-of'?: string;
  readonly 'deprecated': boolean;
}

export interface QueryCpuModelExpansionArguments {
  readonly 'type': QueryCpuModelExpansionType;
  readonly 'model': QueryCpuModelExpansionModel;
}

export interface QueryCpuModelExpansionModel {
  readonly 'name': string;
  readonly 'props'?: unknown;
}

export interface QueryCpuModelExpansionReturn {
  readonly 'model': QueryCpuModelExpansionModel;
}

export type QueryCpuModelExpansionType = 'static' | 'full';

export type QueryCpusFastItem = {
  readonly 'cpu-index': Integer;
  readonly 'qom-path': string;
  readonly 'thread-id': Integer;
  readonly 'props'?: QueryCpusFastItemProps;
} & (
  | ({ readonly 'target': 's390x' } & QueryCpusFastItemS390x)
  | { readonly 'target': 'aarch64' }
  | { readonly 'target': 'alpha' }
  | { readonly 'target': 'arm' }
  | { readonly 'target': 'avr' }
  | { readonly 'target': 'hppa' }
  | { readonly 'target': 'i386' }
  | { readonly 'target': 'loongarch64' }
  | { readonly 'target': 'm68k' }
  | { readonly 'target': 'microblaze' }
  | { readonly 'target': 'microblazeel' }
  | { readonly 'target': 'mips' }
  | { readonly 'target': 'mips64' }
  | { readonly 'target': 'mips64el' }
  | { readonly 'target': 'mipsel' }
  | { readonly 'target': 'or1k' }
  | { readonly 'target': 'ppc' }
  | { readonly 'target': 'ppc64' }
  | { readonly 'target': 'riscv32' }
  | { readonly 'target': 'riscv64' }
  | { readonly 'target': 'rx' }
  | { readonly 'target': 'sh4' }
  | { readonly 'target': 'sh4eb' }
  | { readonly 'target': 'sparc' }
  | { readonly 'target': 'sparc64' }
  | { readonly 'target': 'tricore' }
  | { readonly 'target': 'x86_64' }
  | { readonly 'target': 'xtensa' }
  | { readonly 'target': 'xtensaeb' }
);

export interface QueryCpusFastItemProps {
  readonly 'node-id'?: Integer;
  readonly 'drawer-id'?: Integer;
  readonly 'book-id'?: Integer;
  readonly 'socket-id'?: Integer;
  readonly 'die-id'?: Integer;
  readonly 'cluster-id'?: Integer;
  readonly 'module-id'?: Integer;
  readonly 'core-id'?: Integer;
  readonly 'thread-id'?: Integer;
}

export interface QueryCpusFastItemS390x {
  readonly 'cpu-state': QueryCpusFastItemS390xCpuState;
  readonly 'dedicated'?: boolean;
  readonly 'entitlement'?: QueryCpusFastItemS390xEntitlement;
}

export type QueryCpusFastItemS390xCpuState = 'uninitialized' | 'stopped' | 'check-stop' | 'operating' | 'load';

export type QueryCpusFastItemS390xEntitlement = 'auto' | 'low' | 'medium' | 'high';

export interface QueryCryptodevItem {
  readonly 'id': string;
  readonly 'service': readonly (QueryCryptodevItemServiceItem)[];
  readonly 'client': readonly (QueryCryptodevItemClientItem)[];
}

export interface QueryCryptodevItemClientItem {
  readonly 'queue': Integer;
  readonly 'type': QueryCryptodevItemClientItemType;
}

export type QueryCryptodevItemClientItemType = 'builtin' | 'vhost-user' | 'lkcf';

export type QueryCryptodevItemServiceItem = 'cipher' | 'hash' | 'mac' | 'aead' | 'akcipher';

export interface QueryCurrentMachineReturn {
  readonly 'wakeup-suspend-support': boolean;
}

export interface QueryDirtyRateArguments {
  readonly 'calc-time-unit'?: CalcDirtyRateCalcTimeUnit;
}

export interface QueryDirtyRateReturn {
  readonly 'dirty-rate'?: Integer;
  readonly 'status': QueryDirtyRateStatus;
  readonly 'start-time': Integer;
  readonly 'calc-time': Integer;
  readonly 'calc-time-unit': CalcDirtyRateCalcTimeUnit;
  readonly 'sample-pages': Integer;
  readonly 'mode': CalcDirtyRateMode;
  readonly 'vcpu-dirty-rate'?: readonly (QueryDirtyRateVcpuDirtyRateItem)[];
}

export type QueryDirtyRateStatus = 'unstarted' | 'measuring' | 'measured';

export interface QueryDirtyRateVcpuDirtyRateItem {
  readonly 'id': Integer;
  readonly 'dirty-rate': Integer;
}

export interface QueryDisplayOptionsCurses {
  readonly 'charset'?: string;
}

export interface QueryDisplayOptionsDbus {
  readonly 'rendernode'?: string;
  readonly 'addr'?: string;
  readonly 'p2p'?: boolean;
  readonly 'audiodev'?: string;
}

export interface QueryDisplayOptionsEglHeadless {
  readonly 'rendernode'?: string;
}

export type QueryDisplayOptionsGl = 'off' | 'on' | 'core' | 'es';

export interface QueryDisplayOptionsGtk {
  readonly 'grab-on-hover'?: boolean;
  readonly 'zoom-to-fit'?: boolean;
  readonly 'show-tabs'?: boolean;
  readonly 'show-menubar'?: boolean;
}

export type QueryDisplayOptionsReturn = {
  readonly 'full-screen'?: boolean;
  readonly 'window-close'?: boolean;
  readonly 'show-cursor'?: boolean;
  readonly 'gl'?: QueryDisplayOptionsGl;
} & (
  | ({ readonly 'type': 'gtk' } & QueryDisplayOptionsGtk)
  | ({ readonly 'type': 'curses' } & QueryDisplayOptionsCurses)
  | ({ readonly 'type': 'egl-headless' } & QueryDisplayOptionsEglHeadless)
  | ({ readonly 'type': 'dbus' } & QueryDisplayOptionsDbus)
  | ({ readonly 'type': 'sdl' } & QueryDisplayOptionsSdl)
  | { readonly 'type': 'default' }
  | { readonly 'type': 'none' }
  | { readonly 'type': 'spice-app' }
);

export interface QueryDisplayOptionsSdl {
  readonly 'grab-mod'?: QueryDisplayOptionsSdlGrabMod;
}

export type QueryDisplayOptionsSdlGrabMod = 'lctrl-lalt' | 'lshift-lctrl-lalt' | 'rctrl';

export type QueryDisplayOptionsType = 'default' | 'none' | 'gtk' | 'sdl' | 'egl-headless' | 'curses' | 'spice-app' | 'dbus';

export interface QueryDumpGuestMemoryCapabilityReturn {
  readonly 'formats': readonly (DumpGuestMemoryFormat)[];
}

export interface QueryDumpReturn {
  readonly 'status': QueryDumpStatus;
  readonly 'completed': Integer;
  readonly 'total': Integer;
}

export type QueryDumpStatus = 'none' | 'active' | 'completed' | 'failed';

export interface QueryFdsetsItem {
  readonly 'fdset-id': Integer;
  readonly 'fds': readonly (QueryFdsetsItemFdsItem)[];
}

export interface QueryFdsetsItemFdsItem {
  readonly 'fd': Integer;
  readonly 'opaque'?: string;
}

export interface QueryHotpluggableCpusItem {
  readonly 'type': string;
  readonly 'vcpus-count': Integer;
  readonly 'props': QueryCpusFastItemProps;
  readonly 'qom-path'?: string;
}

export interface QueryIothreadsItem {
  readonly 'id': string;
  readonly 'thread-id': Integer;
  readonly 'poll-max-ns': Integer;
  readonly 'poll-grow': Integer;
  readonly 'poll-shrink': Integer;
  readonly 'aio-max-batch': Integer;
}

export interface QueryJobsItem {
  readonly 'id': string;
  readonly 'type': BlockJobCancelledType;
  readonly 'status': JobStatusChangeStatus;
  readonly 'current-progress': Integer;
  readonly 'total-progress': Integer;
  readonly 'error'?: string;
}

export interface QueryKvmReturn {
  readonly 'enabled': boolean;
  readonly 'present': boolean;
}

export interface QueryMachinesArguments {
  /** @experimental unstable in QEMU */
  readonly 'compat-props'?: boolean;
}

export interface QueryMachinesItem {
  readonly 'name': string;
  readonly 'alias'?: string;
  readonly 'is-default'?: boolean;
  readonly 'cpu-max': Integer;
  readonly 'hotpluggable-cpus': boolean;
  readonly 'numa-mem-supported': boolean;
  readonly 'deprecated': boolean;
  readonly 'default-cpu-type'?: string;
  readonly 'default-ram-id'?: string;
  readonly 'acpi': boolean;
  /** @experimental unstable in QEMU */
  readonly 'compat-props'?: readonly (QueryMachinesItemCompatPropsItem)[];
}

export interface QueryMachinesItemCompatPropsItem {
  readonly 'qom-type': string;
  readonly 'property': string;
  readonly 'value': string;
}

export interface QueryMemdevItem {
  readonly 'id'?: string;
  readonly 'size': Integer;
  readonly 'merge': boolean;
  readonly 'dump': boolean;
  readonly 'prealloc': boolean;
  readonly 'share': boolean;
  readonly 'reserve'?: boolean;
  readonly 'host-nodes': readonly (Integer)[];
  readonly 'policy': ObjectAddMemoryBackendEpcPolicy;
}

export type QueryMemoryDevicesItem = {
} & (
  | ({ readonly 'type': 'dimm' } & QueryMemoryDevicesItemDimm)
  | ({ readonly 'type': 'nvdimm' } & QueryMemoryDevicesItemDimm)
  | ({ readonly 'type': 'virtio-pmem' } & QueryMemoryDevicesItemVirtioPmem)
  | ({ readonly 'type': 'virtio-mem' } & QueryMemoryDevicesItemVirtioMem)
  | ({ readonly 'type': 'sgx-epc' } & QueryMemoryDevicesItemSgxEpc)
  | ({ readonly 'type': 'hv-balloon' } & QueryMemoryDevicesItemHvBalloon)
);

export interface QueryMemoryDevicesItemDimm {
  readonly 'data': QueryMemoryDevicesItemDimmData;
}

export interface QueryMemoryDevicesItemDimmData {
  readonly 'id'?: string;
  readonly 'addr': Integer;
  readonly 'size': Integer;
  readonly 'slot': Integer;
  readonly 'node': Integer;
  readonly 'memdev': string;
  readonly 'hotplugged': boolean;
  readonly 'hotpluggable': boolean;
}

export interface QueryMemoryDevicesItemHvBalloon {
  readonly 'data': QueryMemoryDevicesItemHvBalloonData;
}

export interface QueryMemoryDevicesItemHvBalloonData {
  readonly 'id'?: string;
  readonly 'memaddr'?: Integer;
  readonly 'max-size': Integer;
  readonly 'memdev'?: string;
}

export interface QueryMemoryDevicesItemSgxEpc {
  readonly 'data': QueryMemoryDevicesItemSgxEpcData;
}

export interface QueryMemoryDevicesItemSgxEpcData {
  readonly 'id'?: string;
  readonly 'memaddr': Integer;
  readonly 'size': Integer;
  readonly 'node': Integer;
  readonly 'memdev': string;
}

export type QueryMemoryDevicesItemType = 'dimm' | 'nvdimm' | 'virtio-pmem' | 'virtio-mem' | 'sgx-epc' | 'hv-balloon';

export interface QueryMemoryDevicesItemVirtioMem {
  readonly 'data': QueryMemoryDevicesItemVirtioMemData;
}

export interface QueryMemoryDevicesItemVirtioMemData {
  readonly 'id'?: string;
  readonly 'memaddr': Integer;
  readonly 'requested-size': Integer;
  readonly 'size': Integer;
  readonly 'max-size': Integer;
  readonly 'block-size': Integer;
  readonly 'node': Integer;
  readonly 'memdev': string;
}

export interface QueryMemoryDevicesItemVirtioPmem {
  readonly 'data': QueryMemoryDevicesItemVirtioPmemData;
}

export interface QueryMemoryDevicesItemVirtioPmemData {
  readonly 'id'?: string;
  readonly 'memaddr': Integer;
  readonly 'size': Integer;
  readonly 'memdev': string;
}

export interface QueryMemorySizeSummaryReturn {
  readonly 'base-memory': Integer;
  readonly 'plugged-memory'?: Integer;
}

export interface QueryMiceItem {
  readonly 'name': string;
  readonly 'index': Integer;
  readonly 'current': boolean;
  readonly 'absolute': boolean;
}

export interface QueryMigrateCapabilitiesItem {
  readonly 'capability': QueryMigrateCapabilitiesItemCapability;
  readonly 'state': boolean;
}

export type QueryMigrateCapabilitiesItemCapability = 'xbzrle' | 'rdma-pin-all' | 'auto-converge' | 'zero-blocks' | 'events' | 'postcopy-ram' | 'x-colo' | 'release-ram' | 'return-path' | 'pause-before-switchover' | 'multifd' | 'dirty-bitmaps' | 'postcopy-blocktime' | 'late-block-activate' | 'x-ignore-shared' | 'validate-uuid' | 'background-snapshot' | 'zero-copy-send' | 'postcopy-preempt' | 'switchover-ack' | 'dirty-limit' | 'mapped-ram';

export interface QueryMigrateParametersReturn {
  readonly 'announce-initial'?: Integer;
  readonly 'announce-max'?: Integer;
  readonly 'announce-rounds'?: Integer;
  readonly 'announce-step'?: Integer;
  readonly 'throttle-trigger-threshold'?: Integer;
  readonly 'cpu-throttle-initial'?: Integer;
  readonly 'cpu-throttle-increment'?: Integer;
  readonly 'cpu-throttle-tailslow'?: boolean;
  readonly 'tls-creds'?: string;
  readonly 'tls-hostname'?: string;
  readonly 'tls-authz'?: string;
  readonly 'max-bandwidth'?: Integer;
  readonly 'avail-switchover-bandwidth'?: Integer;
  readonly 'downtime-limit'?: Integer;
  /** @experimental unstable in QEMU */
  readonly 'x-checkpoint-delay'?: Integer;
  readonly 'multifd-channels'?: Integer;
  readonly 'xbzrle-cache-size'?: Integer;
  readonly 'max-postcopy-bandwidth'?: Integer;
  readonly 'max-cpu-throttle'?: Integer;
  readonly 'multifd-compression'?: MigrateSetParametersMultifdCompression;
  readonly 'multifd-zlib-level'?: Integer;
  readonly 'multifd-qatzip-level'?: Integer;
  readonly 'multifd-zstd-level'?: Integer;
  readonly 'block-bitmap-mapping'?: readonly (MigrateSetParametersBlockBitmapMappingItem)[];
  /** @experimental unstable in QEMU */
  readonly 'x-vcpu-dirty-limit-period'?: Integer;
  readonly 'vcpu-dirty-limit'?: Integer;
  readonly 'mode'?: MigrateSetParametersMode;
  readonly 'zero-page-detection'?: MigrateSetParametersZeroPageDetection;
  readonly 'direct-io'?: boolean;
}

export interface QueryMigrateRam {
  readonly 'transferred': Integer;
  readonly 'remaining': Integer;
  readonly 'total': Integer;
  readonly 'duplicate': Integer;
  readonly 'normal': Integer;
  readonly 'normal-bytes': Integer;
  readonly 'dirty-pages-rate': Integer;
  readonly 'mbps': number;
  readonly 'dirty-sync-count': Integer;
  readonly 'postcopy-requests': Integer;
  readonly 'page-size': Integer;
  readonly 'multifd-bytes': Integer;
  readonly 'pages-per-second': Integer;
  readonly 'precopy-bytes': Integer;
  readonly 'downtime-bytes': Integer;
  readonly 'postcopy-bytes': Integer;
  readonly 'dirty-sync-missed-zero-copy': Integer;
}

export interface QueryMigrateReturn {
  readonly 'status'?: MigrationStatus;
  readonly 'ram'?: QueryMigrateRam;
  readonly 'vfio'?: QueryMigrateVfio;
  readonly 'xbzrle-cache'?: QueryMigrateXbzrleCache;
  readonly 'total-time'?: Integer;
  readonly 'expected-downtime'?: Integer;
  readonly 'downtime'?: Integer;
  readonly 'setup-time'?: Integer;
  readonly 'cpu-throttle-percentage'?: Integer;
  readonly 'error-desc'?: string;
  readonly 'blocked-reasons'?: readonly (string)[];
  readonly 'postcopy-blocktime'?: Integer;
  readonly 'postcopy-vcpu-blocktime'?: readonly (Integer)[];
  readonly 'socket-address'?: readonly (NetdevStreamConnectedAddr)[];
  readonly 'dirty-limit-throttle-time-per-round'?: Integer;
  readonly 'dirty-limit-ring-full-time'?: Integer;
}

export interface QueryMigrateVfio {
  readonly 'transferred': Integer;
}

export interface QueryMigrateXbzrleCache {
  readonly 'cache-size': Integer;
  readonly 'bytes': Integer;
  readonly 'pages': Integer;
  readonly 'cache-miss': Integer;
  readonly 'cache-miss-rate': number;
  readonly 'encoding-rate': number;
  readonly 'overflow': Integer;
}

export interface QueryMigrationthreadsItem {
  readonly 'name': string;
  readonly 'thread-id': Integer;
}

export interface QueryNameReturn {
  readonly 'name'?: string;
}

export interface QueryNamedBlockNodesArguments {
  readonly 'flat'?: boolean;
}

export interface QueryNamedBlockNodesItem {
  readonly 'file': string;
  readonly 'node-name'?: string;
  readonly 'ro': boolean;
  readonly 'drv': string;
  readonly 'backing_file'?: string;
  readonly 'backing_file_depth': Integer;
  readonly 'active': boolean;
  readonly 'encrypted': boolean;
  readonly 'detect_zeroes': BlockdevAddDetectZeroes;
  readonly 'bps': Integer;
  readonly 'bps_rd': Integer;
  readonly 'bps_wr': Integer;
  readonly 'iops': Integer;
  readonly 'iops_rd': Integer;
  readonly 'iops_wr': Integer;
  readonly 'image': QueryNamedBlockNodesItemImage;
  readonly 'bps_max'?: Integer;
  readonly 'bps_rd_max'?: Integer;
  readonly 'bps_wr_max'?: Integer;
  readonly 'iops_max'?: Integer;
  readonly 'iops_rd_max'?: Integer;
  readonly 'iops_wr_max'?: Integer;
  readonly 'bps_max_length'?: Integer;
  readonly 'bps_rd_max_length'?: Integer;
  readonly 'bps_wr_max_length'?: Integer;
  readonly 'iops_max_length'?: Integer;
  readonly 'iops_rd_max_length'?: Integer;
  readonly 'iops_wr_max_length'?: Integer;
  readonly 'iops_size'?: Integer;
  readonly 'group'?: string;
  readonly 'cache': QueryNamedBlockNodesItemCache;
  readonly 'write_threshold': Integer;
  readonly 'dirty-bitmaps'?: readonly (QueryNamedBlockNodesItemDirtyBitmapsItem)[];
}

export interface QueryNamedBlockNodesItemCache {
  readonly 'writeback': boolean;
  readonly 'direct': boolean;
  readonly 'no-flush': boolean;
}

export interface QueryNamedBlockNodesItemDirtyBitmapsItem {
  readonly 'name'?: string;
  readonly 'count': Integer;
  readonly 'granularity': Integer;
  readonly 'recording': boolean;
  readonly 'busy': boolean;
  readonly 'persistent': boolean;
  readonly 'inconsistent'?: boolean;
}

export interface QueryNamedBlockNodesItemImage {
  readonly 'filename': string;
  readonly 'format': string;
  readonly 'dirty-flag'?: boolean;
  readonly 'actual-size'?: Integer;
  readonly 'virtual-size': Integer;
  readonly 'cluster-size'?: Integer;
  readonly 'encrypted'?: boolean;
  readonly 'compressed'?: boolean;
  readonly 'backing-filename'?: string;
  readonly 'full-backing-filename'?: string;
  readonly 'backing-filename-format'?: string;
  readonly 'snapshots'?: readonly (BlockdevSnapshotDeleteInternalSyncReturn)[];
  readonly 'format-specific'?: QueryNamedBlockNodesItemImageFormatSpecific;
  readonly 'backing-image'?: QueryNamedBlockNodesItemImage;
}

export type QueryNamedBlockNodesItemImageFormatSpecific = {
} & (
  | ({ readonly 'type': 'qcow2' } & QueryNamedBlockNodesItemImageFormatSpecificQcow2)
  | ({ readonly 'type': 'vmdk' } & QueryNamedBlockNodesItemImageFormatSpecificVmdk)
  | ({ readonly 'type': 'luks' } & QueryNamedBlockNodesItemImageFormatSpecificLuks)
  | ({ readonly 'type': 'rbd' } & QueryNamedBlockNodesItemImageFormatSpecificRbd)
  | ({ readonly 'type': 'file' } & QueryNamedBlockNodesItemImageFormatSpecificFile)
);

export interface QueryNamedBlockNodesItemImageFormatSpecificFile {
  readonly 'data': QueryNamedBlockNodesItemImageFormatSpecificFileData;
}

export interface QueryNamedBlockNodesItemImageFormatSpecificFileData {
  readonly 'extent-size-hint'?: Integer;
}

export interface QueryNamedBlockNodesItemImageFormatSpecificLuks {
  readonly 'data': QueryNamedBlockNodesItemImageFormatSpecificLuksData;
}

export interface QueryNamedBlockNodesItemImageFormatSpecificLuksData {
  readonly 'cipher-alg': BlockdevCreateOptionsLuksCipherAlg;
  readonly 'cipher-mode': BlockdevCreateOptionsLuksCipherMode;
  readonly 'ivgen-alg': BlockdevCreateOptionsLuksIvgenAlg;
  readonly 'ivgen-hash-alg'?: BlockdevCreateOptionsLuksIvgenHashAlg;
  readonly 'hash-alg': BlockdevCreateOptionsLuksIvgenHashAlg;
  readonly 'detached-header': boolean;
  readonly 'payload-offset': Integer;
  readonly 'master-key-iters': Integer;
  readonly 'uuid': string;
  readonly 'slots': readonly (QueryNamedBlockNodesItemImageFormatSpecificLuksSlotsItem)[];
}

export interface QueryNamedBlockNodesItemImageFormatSpecificLuksSlotsItem {
  readonly 'active': boolean;
  readonly 'iters'?: Integer;
  readonly 'stripes'?: Integer;
  readonly 'key-offset': Integer;
}

export interface QueryNamedBlockNodesItemImageFormatSpecificQcow2 {
  readonly 'data': QueryNamedBlockNodesItemImageFormatSpecificQcow2Data;
}

export interface QueryNamedBlockNodesItemImageFormatSpecificQcow2BitmapsItem {
  readonly 'name': string;
  readonly 'granularity': Integer;
  readonly 'flags': readonly (QueryNamedBlockNodesItemImageFormatSpecificQcow2BitmapsItemFlagsItem)[];
}

export type QueryNamedBlockNodesItemImageFormatSpecificQcow2BitmapsItemFlagsItem = 'in-use' | 'auto';

export interface QueryNamedBlockNodesItemImageFormatSpecificQcow2Data {
  readonly 'compat': string;
  readonly 'data-file'?: string;
  readonly 'data-file-raw'?: boolean;
  readonly 'extended-l2'?: boolean;
  readonly 'lazy-refcounts'?: boolean;
  readonly 'corrupt'?: boolean;
  readonly 'refcount-bits': Integer;
  readonly 'encrypt'?: QueryNamedBlockNodesItemImageFormatSpecificQcow2Encrypt;
  readonly 'bitmaps'?: readonly (QueryNamedBlockNodesItemImageFormatSpecificQcow2BitmapsItem)[];
  readonly 'compression-type': BlockdevCreateOptionsQcow2CompressionType;
}

export type QueryNamedBlockNodesItemImageFormatSpecificQcow2Encrypt = {
} & (
  | ({ readonly 'format': 'luks' } & QueryNamedBlockNodesItemImageFormatSpecificLuksData)
  | { readonly 'format': 'aes' }
);

export interface QueryNamedBlockNodesItemImageFormatSpecificRbd {
  readonly 'data': QueryNamedBlockNodesItemImageFormatSpecificRbdData;
}

export interface QueryNamedBlockNodesItemImageFormatSpecificRbdData {
  readonly 'encryption-format'?: BlockdevAddRbdEncryptFormat;
}

export type QueryNamedBlockNodesItemImageFormatSpecificType = 'qcow2' | 'vmdk' | 'luks' | 'rbd' | 'file';

export interface QueryNamedBlockNodesItemImageFormatSpecificVmdk {
  readonly 'data': QueryNamedBlockNodesItemImageFormatSpecificVmdkData;
}

export interface QueryNamedBlockNodesItemImageFormatSpecificVmdkData {
  readonly 'create-type': string;
  readonly 'cid': Integer;
  readonly 'parent-cid': Integer;
  readonly 'extents': readonly (QueryNamedBlockNodesItemImageFormatSpecificVmdkExtentsItem)[];
}

export interface QueryNamedBlockNodesItemImageFormatSpecificVmdkExtentsItem {
  readonly 'filename': string;
  readonly 'format': string;
  readonly 'virtual-size': Integer;
  readonly 'cluster-size'?: Integer;
  readonly 'compressed'?: boolean;
}

export interface QueryPciItem {
  readonly 'bus': Integer;
  readonly 'devices': readonly (QueryPciItemDevicesItem)[];
}

export interface QueryPciItemDevicesItem {
  readonly 'bus': Integer;
  readonly 'slot': Integer;
  readonly 'function': Integer;
  readonly 'class_info': QueryPciItemDevicesItemClassInfo;
  readonly 'id': QueryPciItemDevicesItemId;
  readonly 'irq'?: Integer;
  readonly 'irq_pin': Integer;
  readonly 'qdev_id': string;
  readonly 'pci_bridge'?: QueryPciItemDevicesItemPciBridge;
  readonly 'regions': readonly (QueryPciItemDevicesItemRegionsItem)[];
}

export interface QueryPciItemDevicesItemClassInfo {
  readonly 'desc'?: string;
  readonly 'class': Integer;
}

export interface QueryPciItemDevicesItemId {
  readonly 'device': Integer;
  readonly 'vendor': Integer;
  readonly 'subsystem'?: Integer;
  readonly 'subsystem-vendor'?: Integer;
}

export interface QueryPciItemDevicesItemPciBridge {
  readonly 'bus': QueryPciItemDevicesItemPciBridgeBus;
  readonly 'devices'?: readonly (QueryPciItemDevicesItem)[];
}

export interface QueryPciItemDevicesItemPciBridgeBus {
  readonly 'number': Integer;
  readonly 'secondary': Integer;
  readonly 'subordinate': Integer;
  readonly 'io_range': QueryPciItemDevicesItemPciBridgeBusIoRange;
  readonly 'memory_range': QueryPciItemDevicesItemPciBridgeBusIoRange;
  readonly 'prefetchable_range': QueryPciItemDevicesItemPciBridgeBusIoRange;
}

export interface QueryPciItemDevicesItemPciBridgeBusIoRange {
  readonly 'base': Integer;
  readonly 'limit': Integer;
}

export interface QueryPciItemDevicesItemRegionsItem {
  readonly 'bar': Integer;
  readonly 'type': string;
  readonly 'address': Integer;
  readonly 'size': Integer;
  readonly 'prefetch'?: boolean;
  readonly 'mem_type_64'?: boolean;
}

export interface QueryPrManagersItem {
  readonly 'id': string;
  readonly 'connected': boolean;
}

export type QueryQmpSchemaItem = {
  readonly 'name': string;
  readonly 'features'?: readonly (string)[];
} & (
  | ({ readonly 'meta-type': 'builtin' } & QueryQmpSchemaItemBuiltin)
  | ({ readonly 'meta-type': 'enum' } & QueryQmpSchemaItemEnum)
  | ({ readonly 'meta-type': 'array' } & QueryQmpSchemaItemArray)
  | ({ readonly 'meta-type': 'object' } & QueryQmpSchemaItemObject)
  | ({ readonly 'meta-type': 'alternate' } & QueryQmpSchemaItemAlternate)
  | ({ readonly 'meta-type': 'command' } & QueryQmpSchemaItemCommand)
  | ({ readonly 'meta-type': 'event' } & QueryQmpSchemaItemEvent)
);

export interface QueryQmpSchemaItemAlternate {
  readonly 'members': readonly (QueryQmpSchemaItemAlternateMembersItem)[];
}

export interface QueryQmpSchemaItemAlternateMembersItem {
  readonly 'type': string;
}

export interface QueryQmpSchemaItemArray {
  readonly 'element-type': string;
}

export interface QueryQmpSchemaItemBuiltin {
  readonly 'json-type': QueryQmpSchemaItemBuiltinJsonType;
}

export type QueryQmpSchemaItemBuiltinJsonType = 'string' | 'number' | 'int' | 'boolean' | 'null' | 'object' | 'array' | 'value';

export interface QueryQmpSchemaItemCommand {
  readonly 'arg-type': string;
  readonly 'ret-type': string;
  readonly 'allow-oob'?: boolean;
}

export interface QueryQmpSchemaItemEnum {
  readonly 'members': readonly (QueryQmpSchemaItemEnumMembersItem)[];
  /** @deprecated by QEMU */
  readonly 'values': readonly (string)[];
}

export interface QueryQmpSchemaItemEnumMembersItem {
  readonly 'name': string;
  readonly 'features'?: readonly (string)[];
}

export interface QueryQmpSchemaItemEvent {
  readonly 'arg-type': string;
}

export type QueryQmpSchemaItemMetaType = 'builtin' | 'enum' | 'array' | 'object' | 'alternate' | 'command' | 'event';

export interface QueryQmpSchemaItemObject {
  readonly 'members': readonly (QueryQmpSchemaItemObjectMembersItem)[];
  readonly 'tag'?: string;
  readonly 'variants'?: readonly (QueryQmpSchemaItemObjectVariantsItem)[];
}

export interface QueryQmpSchemaItemObjectMembersItem {
  readonly 'name': string;
  readonly 'type': string;
  readonly 'default'?: unknown;
  readonly 'features'?: readonly (string)[];
}

export interface QueryQmpSchemaItemObjectVariantsItem {
  readonly 'case': string;
  readonly 'type': string;
}

export type QueryReplayMode = 'none' | 'record' | 'play';

export interface QueryReplayReturn {
  readonly 'mode': QueryReplayMode;
  readonly 'filename'?: string;
  readonly 'icount': Integer;
}

export interface QueryRockerArguments {
  readonly 'name': string;
}

export interface QueryRockerOfDpaFlowsArguments {
  readonly 'name': string;
  readonly 'tbl-id'?: Integer;
}

export interface QueryRockerOfDpaFlowsItem {
  readonly 'cookie': Integer;
  readonly 'hits': Integer;
  readonly 'key': QueryRockerOfDpaFlowsItemKey;
  readonly 'mask': QueryRockerOfDpaFlowsItemMask;
  readonly 'action': QueryRockerOfDpaFlowsItemAction;
}

export interface QueryRockerOfDpaFlowsItemAction {
  readonly 'goto-tbl'?: Integer;
  readonly 'group-id'?: Integer;
  readonly 'tunnel-lport'?: Integer;
  readonly 'vlan-id'?: Integer;
  readonly 'new-vlan-id'?: Integer;
  readonly 'out-pport'?: Integer;
}

export interface QueryRockerOfDpaFlowsItemKey {
  readonly 'priority': Integer;
  readonly 'tbl-id': Integer;
  readonly 'in-pport'?: Integer;
  readonly 'tunnel-id'?: Integer;
  readonly 'vlan-id'?: Integer;
  readonly 'eth-type'?: Integer;
  readonly 'eth-src'?: string;
  readonly 'eth-dst'?: string;
  readonly 'ip-proto'?: Integer;
  readonly 'ip-tos'?: Integer;
  readonly 'ip-dst'?: string;
}

export interface QueryRockerOfDpaFlowsItemMask {
  readonly 'in-pport'?: Integer;
  readonly 'tunnel-id'?: Integer;
  readonly 'vlan-id'?: Integer;
  readonly 'eth-src'?: string;
  readonly 'eth-dst'?: string;
  readonly 'ip-proto'?: Integer;
  readonly 'ip-tos'?: Integer;
}

export interface QueryRockerOfDpaGroupsArguments {
  readonly 'name': string;
  readonly 'type'?: Integer;
}

export interface QueryRockerOfDpaGroupsItem {
  readonly 'id': Integer;
  readonly 'type': Integer;
  readonly 'vlan-id'?: Integer;
  readonly 'pport'?: Integer;
  readonly 'index'?: Integer;
  readonly 'out-pport'?: Integer;
  readonly 'group-id'?: Integer;
  readonly 'set-vlan-id'?: Integer;
  readonly 'pop-vlan'?: Integer;
  readonly 'group-ids'?: readonly (Integer)[];
  readonly 'set-eth-src'?: string;
  readonly 'set-eth-dst'?: string;
  readonly 'ttl-check'?: Integer;
}

export interface QueryRockerPortsArguments {
  readonly 'name': string;
}

export interface QueryRockerPortsItem {
  readonly 'name': string;
  readonly 'enabled': boolean;
  readonly 'link-up': boolean;
  readonly 'speed': Integer;
  readonly 'duplex': QueryRockerPortsItemDuplex;
  readonly 'autoneg': QueryRockerPortsItemAutoneg;
}

export type QueryRockerPortsItemAutoneg = 'off' | 'on';

export type QueryRockerPortsItemDuplex = 'half' | 'full';

export interface QueryRockerReturn {
  readonly 'name': string;
  readonly 'id': Integer;
  readonly 'ports': Integer;
}

export interface QueryRxFilterArguments {
  readonly 'name'?: string;
}

export interface QueryRxFilterItem {
  readonly 'name': string;
  readonly 'promiscuous': boolean;
  readonly 'multicast': QueryRxFilterItemMulticast;
  readonly 'unicast': QueryRxFilterItemMulticast;
  readonly 'vlan': QueryRxFilterItemMulticast;
  readonly 'broadcast-allowed': boolean;
  readonly 'multicast-overflow': boolean;
  readonly 'unicast-overflow': boolean;
  readonly 'main-mac': string;
  readonly 'vlan-table': readonly (Integer)[];
  readonly 'unicast-table': readonly (string)[];
  readonly 'multicast-table': readonly (string)[];
}

export type QueryRxFilterItemMulticast = 'normal' | 'none' | 'all';

export interface QuerySevAttestationReportArguments {
  readonly 'mnonce': string;
}

export interface QuerySevAttestationReportReturn {
  readonly 'data': string;
}

export interface QuerySevCapabilitiesReturn {
  readonly 'pdh': string;
  readonly 'cert-chain': string;
  readonly 'cpu0-id': string;
  readonly 'cbitpos': Integer;
  readonly 'reduced-phys-bits': Integer;
}

export interface QuerySevLaunchMeasureReturn {
  readonly 'data': string;
}

export type QuerySevReturn = {
  readonly 'enabled': boolean;
  readonly 'api-major': Integer;
  readonly 'api-minor': Integer;
  readonly 'build-id': Integer;
  readonly 'state': QuerySevState;
} & (
  | ({ readonly 'sev-type': 'sev' } & QuerySevSev)
  | ({ readonly 'sev-type': 'sev-snp' } & QuerySevSevSnp)
);

export interface QuerySevSev {
  readonly 'policy': Integer;
  readonly 'handle': Integer;
}

export interface QuerySevSevSnp {
  readonly 'snp-policy': Integer;
}

export type QuerySevSevType = 'sev' | 'sev-snp';

export type QuerySevState = 'uninit' | 'launch-update' | 'launch-secret' | 'running' | 'send-update' | 'receive-update';

export interface QuerySgxReturn {
  readonly 'sgx': boolean;
  readonly 'sgx1': boolean;
  readonly 'sgx2': boolean;
  readonly 'flc': boolean;
  readonly 'sections': readonly (QuerySgxSectionsItem)[];
}

export interface QuerySgxSectionsItem {
  readonly 'node': Integer;
  readonly 'size': Integer;
}

export type QuerySpiceMouseMode = 'client' | 'server' | 'unknown';

export interface QuerySpiceReturn {
  readonly 'enabled': boolean;
  readonly 'migrated': boolean;
  readonly 'host'?: string;
  readonly 'port'?: Integer;
  readonly 'tls-port'?: Integer;
  readonly 'auth'?: string;
  readonly 'compiled-version'?: string;
  readonly 'mouse-mode': QuerySpiceMouseMode;
  readonly 'channels'?: readonly (SpiceInitializedClient)[];
}

export type QueryStatsArguments = {
  readonly 'providers'?: readonly (QueryStatsProvidersItem)[];
} & (
  | ({ readonly 'target': 'vcpu' } & QueryStatsVcpu)
  | { readonly 'target': 'vm' }
  | { readonly 'target': 'cryptodev' }
);

export interface QueryStatsItem {
  readonly 'provider': QueryStatsSchemasProvider;
  readonly 'qom-path'?: string;
  readonly 'stats': readonly (QueryStatsItemStatsItem)[];
}

export interface QueryStatsItemStatsItem {
  readonly 'name': string;
  readonly 'value': Integer | boolean | readonly (Integer)[];
}

export interface QueryStatsProvidersItem {
  readonly 'provider': QueryStatsSchemasProvider;
  readonly 'names'?: readonly (string)[];
}

export interface QueryStatsSchemasArguments {
  readonly 'provider'?: QueryStatsSchemasProvider;
}

export interface QueryStatsSchemasItem {
  readonly 'provider': QueryStatsSchemasProvider;
  readonly 'target': QueryStatsTarget;
  readonly 'stats': readonly (QueryStatsSchemasItemStatsItem)[];
}

export interface QueryStatsSchemasItemStatsItem {
  readonly 'name': string;
  readonly 'type': QueryStatsSchemasItemStatsItemType;
  readonly 'unit'?: QueryStatsSchemasItemStatsItemUnit;
  readonly 'base'?: Integer;
  readonly 'exponent': Integer;
  readonly 'bucket-size'?: Integer;
}

export type QueryStatsSchemasItemStatsItemType = 'cumulative' | 'instant' | 'peak' | 'linear-histogram' | 'log2-histogram';

export type QueryStatsSchemasItemStatsItemUnit = 'bytes' | 'seconds' | 'cycles' | 'boolean';

export type QueryStatsSchemasProvider = 'kvm' | 'cryptodev';

export type QueryStatsTarget = 'vm' | 'vcpu' | 'cryptodev';

export interface QueryStatsVcpu {
  readonly 'vcpus'?: readonly (string)[];
}

export interface QueryStatusReturn {
  readonly 'running': boolean;
  readonly 'status': QueryStatusStatus;
}

export type QueryStatusStatus = 'debug' | 'inmigrate' | 'internal-error' | 'io-error' | 'paused' | 'postmigrate' | 'prelaunch' | 'finish-migrate' | 'restore-vm' | 'running' | 'save-vm' | 'shutdown' | 'suspended' | 'watchdog' | 'guest-panicked' | 'colo';

export type QueryTargetArch = 'aarch64' | 'alpha' | 'arm' | 'avr' | 'hppa' | 'i386' | 'loongarch64' | 'm68k' | 'microblaze' | 'microblazeel' | 'mips' | 'mips64' | 'mips64el' | 'mipsel' | 'or1k' | 'ppc' | 'ppc64' | 'riscv32' | 'riscv64' | 'rx' | 's390x' | 'sh4' | 'sh4eb' | 'sparc' | 'sparc64' | 'tricore' | 'x86_64' | 'xtensa' | 'xtensaeb';

export interface QueryTargetReturn {
  readonly 'arch': QueryTargetArch;
}

export interface QueryTpmItem {
  readonly 'id': string;
  readonly 'model': QueryTpmModelsItem;
  readonly 'options': QueryTpmItemOptions;
}

export type QueryTpmItemOptions = {
} & (
  | ({ readonly 'type': 'passthrough' } & QueryTpmItemOptionsPassthrough)
  | ({ readonly 'type': 'emulator' } & QueryTpmItemOptionsEmulator)
);

export interface QueryTpmItemOptionsEmulator {
  readonly 'data': QueryTpmItemOptionsEmulatorData;
}

export interface QueryTpmItemOptionsEmulatorData {
  readonly 'chardev': string;
}

export interface QueryTpmItemOptionsPassthrough {
  readonly 'data': QueryTpmItemOptionsPassthroughData;
}

export interface QueryTpmItemOptionsPassthroughData {
  readonly 'path'?: string;
  readonly 'cancel-path'?: string;
}

export type QueryTpmModelsItem = 'tpm-tis' | 'tpm-crb' | 'tpm-spapr';

export type QueryTpmTypesItem = 'passthrough' | 'emulator';

export interface QueryUuidReturn {
  readonly 'UUID': string;
}

export interface QueryVcpuDirtyLimitItem {
  readonly 'cpu-index': Integer;
  readonly 'limit-rate': Integer;
  readonly 'current-rate': Integer;
}

export interface QueryVersionQemu {
  readonly 'major': Integer;
  readonly 'minor': Integer;
  readonly 'micro': Integer;
}

export interface QueryVersionReturn {
  readonly 'qemu': QueryVersionQemu;
  readonly 'package': string;
}

export interface QueryVmGenerationIdReturn {
  readonly 'guid': string;
}

export type QueryVncFamily = 'ipv4' | 'ipv6' | 'unix' | 'vsock' | 'unknown';

export interface QueryVncReturn {
  readonly 'enabled': boolean;
  readonly 'host'?: string;
  readonly 'family'?: QueryVncFamily;
  readonly 'service'?: string;
  readonly 'auth'?: string;
  readonly 'clients'?: readonly (VncDisconnectedClient)[];
}

export interface QueryVncServersItem {
  readonly 'id': string;
  readonly 'server': readonly (QueryVncServersItemServerItem)[];
  readonly 'clients': readonly (VncDisconnectedClient)[];
  readonly 'auth': QueryVncServersItemAuth;
  readonly 'vencrypt'?: QueryVncServersItemVencrypt;
  readonly 'display'?: string;
}

export type QueryVncServersItemAuth = 'none' | 'vnc' | 'ra2' | 'ra2ne' | 'tight' | 'ultra' | 'tls' | 'vencrypt' | 'sasl';

export interface QueryVncServersItemServerItem {
  readonly 'host': string;
  readonly 'service': string;
  readonly 'family': QueryVncFamily;
  readonly 'websocket': boolean;
  readonly 'auth': QueryVncServersItemAuth;
  readonly 'vencrypt'?: QueryVncServersItemVencrypt;
}

export type QueryVncServersItemVencrypt = 'plain' | 'tls-none' | 'x509-none' | 'tls-vnc' | 'x509-vnc' | 'tls-plain' | 'x509-plain' | 'tls-sasl' | 'x509-sasl';

export interface QueryXenReplicationStatusReturn {
  readonly 'error': boolean;
  readonly 'desc'?: string;
}

export type QueryYankItem = {
} & (
  | ({ readonly 'type': 'block-node' } & QueryYankItemBlockNode)
  | ({ readonly 'type': 'chardev' } & QueryYankItemChardev)
  | { readonly 'type': 'migration' }
);

export interface QueryYankItemBlockNode {
  readonly 'node-name': string;
}

export interface QueryYankItemChardev {
  readonly 'id': string;
}

export type QueryYankItemType = 'block-node' | 'chardev' | 'migration';

export interface QuorumFailureData {
  readonly 'reference': string;
  readonly 'sector-num': Integer;
  readonly 'sectors-count': Integer;
}

export interface QuorumReportBadData {
  readonly 'type': QuorumReportBadType;
  readonly 'error'?: string;
  readonly 'node-name': string;
  readonly 'sector-num': Integer;
  readonly 'sectors-count': Integer;
}

export type QuorumReportBadType = 'read' | 'write' | 'flush';

export interface RemoveFdArguments {
  readonly 'fdset-id': Integer;
  readonly 'fd'?: Integer;
}

export interface ReplayBreakArguments {
  readonly 'icount': Integer;
}

export interface ReplaySeekArguments {
  readonly 'icount': Integer;
}

export interface RequestEbpfArguments {
  readonly 'id': RequestEbpfId;
}

export type RequestEbpfId = 'rss';

export interface RequestEbpfReturn {
  readonly 'object': string;
}

export interface ResetData {
  readonly 'guest': boolean;
  readonly 'reason': ResetReason;
}

export type ResetReason = 'none' | 'host-error' | 'host-qmp-quit' | 'host-qmp-system-reset' | 'host-signal' | 'host-ui' | 'guest-shutdown' | 'guest-reset' | 'guest-panic' | 'subsystem-reset' | 'snapshot-load';

export interface RingbufReadArguments {
  readonly 'device': string;
  readonly 'size': Integer;
  readonly 'format'?: RingbufReadFormat;
}

export type RingbufReadFormat = 'utf8' | 'base64';

export interface RingbufWriteArguments {
  readonly 'device': string;
  readonly 'data': string;
  readonly 'format'?: RingbufReadFormat;
}

export interface RtcChangeData {
  readonly 'offset': Integer;
  readonly 'qom-path': string;
}

export interface ScreendumpArguments {
  readonly 'filename': string;
  readonly 'device'?: string;
  readonly 'head'?: Integer;
  readonly 'format'?: ScreendumpFormat;
}

export type ScreendumpFormat = 'ppm' | 'png';

export interface SendKeyArguments {
  readonly 'keys': readonly (SendKeyKeysItem)[];
  readonly 'hold-time'?: Integer;
}

export type SendKeyKeysItem = {
} & (
  | ({ readonly 'type': 'number' } & SendKeyKeysItemNumber)
  | ({ readonly 'type': 'qcode' } & SendKeyKeysItemQcode)
);

export interface SendKeyKeysItemNumber {
  readonly 'data': Integer;
}

export interface SendKeyKeysItemQcode {
  readonly 'data': SendKeyKeysItemQcodeData;
}

export type SendKeyKeysItemQcodeData = 'unmapped' | 'shift' | 'shift_r' | 'alt' | 'alt_r' | 'ctrl' | 'ctrl_r' | 'menu' | 'esc' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '0' | 'minus' | 'equal' | 'backspace' | 'tab' | 'q' | 'w' | 'e' | 'r' | 't' | 'y' | 'u' | 'i' | 'o' | 'p' | 'bracket_left' | 'bracket_right' | 'ret' | 'a' | 's' | 'd' | 'f' | 'g' | 'h' | 'j' | 'k' | 'l' | 'semicolon' | 'apostrophe' | 'grave_accent' | 'backslash' | 'z' | 'x' | 'c' | 'v' | 'b' | 'n' | 'm' | 'comma' | 'dot' | 'slash' | 'asterisk' | 'spc' | 'caps_lock' | 'f1' | 'f2' | 'f3' | 'f4' | 'f5' | 'f6' | 'f7' | 'f8' | 'f9' | 'f10' | 'num_lock' | 'scroll_lock' | 'kp_divide' | 'kp_multiply' | 'kp_subtract' | 'kp_add' | 'kp_enter' | 'kp_decimal' | 'sysrq' | 'kp_0' | 'kp_1' | 'kp_2' | 'kp_3' | 'kp_4' | 'kp_5' | 'kp_6' | 'kp_7' | 'kp_8' | 'kp_9' | 'less' | 'f11' | 'f12' | 'print' | 'home' | 'pgup' | 'pgdn' | 'end' | 'left' | 'up' | 'down' | 'right' | 'insert' | 'delete' | 'stop' | 'again' | 'props' | 'undo' | 'front' | 'copy' | 'open' | 'paste' | 'find' | 'cut' | 'lf' | 'help' | 'meta_l' | 'meta_r' | 'compose' | 'pause' | 'ro' | 'hiragana' | 'henkan' | 'yen' | 'muhenkan' | 'katakanahiragana' | 'kp_comma' | 'kp_equals' | 'power' | 'sleep' | 'wake' | 'audionext' | 'audioprev' | 'audiostop' | 'audioplay' | 'audiomute' | 'volumeup' | 'volumedown' | 'mediaselect' | 'mail' | 'calculator' | 'computer' | 'ac_home' | 'ac_back' | 'ac_forward' | 'ac_refresh' | 'ac_bookmarks' | 'lang1' | 'lang2' | 'f13' | 'f14' | 'f15' | 'f16' | 'f17' | 'f18' | 'f19' | 'f20' | 'f21' | 'f22' | 'f23' | 'f24';

export type SendKeyKeysItemType = 'number' | 'qcode';

export interface SetActionArguments {
  readonly 'reboot'?: SetActionReboot;
  readonly 'shutdown'?: SetActionShutdown;
  readonly 'panic'?: SetActionPanic;
  readonly 'watchdog'?: WatchdogAction;
}

export type SetActionPanic = 'pause' | 'shutdown' | 'exit-failure' | 'none';

export type SetActionReboot = 'reset' | 'shutdown';

export type SetActionShutdown = 'poweroff' | 'pause';

export interface SetLinkArguments {
  readonly 'name': string;
  readonly 'up': boolean;
}

export type SetNumaNodeArguments = {
} & (
  | ({ readonly 'type': 'node' } & SetNumaNodeNode)
  | ({ readonly 'type': 'dist' } & SetNumaNodeDist)
  | ({ readonly 'type': 'cpu' } & SetNumaNodeCpu)
  | ({ readonly 'type': 'hmat-lb' } & SetNumaNodeHmatLb)
  | ({ readonly 'type': 'hmat-cache' } & SetNumaNodeHmatCache)
);

export interface SetNumaNodeCpu {
  readonly 'node-id'?: Integer;
  readonly 'drawer-id'?: Integer;
  readonly 'book-id'?: Integer;
  readonly 'socket-id'?: Integer;
  readonly 'die-id'?: Integer;
  readonly 'cluster-id'?: Integer;
  readonly 'module-id'?: Integer;
  readonly 'core-id'?: Integer;
  readonly 'thread-id'?: Integer;
}

export interface SetNumaNodeDist {
  readonly 'src': Integer;
  readonly 'dst': Integer;
  readonly 'val': Integer;
}

export interface SetNumaNodeHmatCache {
  readonly 'node-id': Integer;
  readonly 'size': Integer;
  readonly 'level': Integer;
  readonly 'associativity': SetNumaNodeHmatCacheAssociativity;
  readonly 'policy': SetNumaNodeHmatCachePolicy;
  readonly 'line': Integer;
}

export type SetNumaNodeHmatCacheAssociativity = 'none' | 'direct' | 'complex';

export type SetNumaNodeHmatCachePolicy = 'none' | 'write-back' | 'write-through';

export interface SetNumaNodeHmatLb {
  readonly 'initiator': Integer;
  readonly 'target': Integer;
  readonly 'hierarchy': SetNumaNodeHmatLbHierarchy;
  readonly 'data-type': SetNumaNodeHmatLbDataType;
  readonly 'latency'?: Integer;
  readonly 'bandwidth'?: Integer;
}

export type SetNumaNodeHmatLbDataType = 'access-latency' | 'read-latency' | 'write-latency' | 'access-bandwidth' | 'read-bandwidth' | 'write-bandwidth';

export type SetNumaNodeHmatLbHierarchy = 'memory' | 'first-level' | 'second-level' | 'third-level';

export interface SetNumaNodeNode {
  readonly 'nodeid'?: Integer;
  readonly 'cpus'?: readonly (Integer)[];
  readonly 'mem'?: Integer;
  readonly 'memdev'?: string;
  readonly 'initiator'?: Integer;
}

export type SetNumaNodeType = 'node' | 'dist' | 'cpu' | 'hmat-lb' | 'hmat-cache';

export type SetPasswordArguments = {
  readonly 'password': string;
  readonly 'connected'?: SetPasswordConnected;
} & (
  | ({ readonly 'protocol': 'vnc' } & SetPasswordVnc)
  | { readonly 'protocol': 'spice' }
);

export type SetPasswordConnected = 'keep' | 'fail' | 'disconnect';

export interface SetPasswordVnc {
  readonly 'display'?: string;
}

export interface SetVcpuDirtyLimitArguments {
  readonly 'cpu-index'?: Integer;
  readonly 'dirty-rate': Integer;
}

export interface SevInjectLaunchSecretArguments {
  readonly 'packet-header': string;
  readonly 'secret': string;
  readonly 'gpa'?: Integer;
}

export interface ShutdownData {
  readonly 'guest': boolean;
  readonly 'reason': ResetReason;
}

export interface SnapshotDeleteArguments {
  readonly 'job-id': string;
  readonly 'tag': string;
  readonly 'devices': readonly (string)[];
}

export interface SnapshotLoadArguments {
  readonly 'job-id': string;
  readonly 'tag': string;
  readonly 'vmstate': string;
  readonly 'devices': readonly (string)[];
}

export interface SnapshotSaveArguments {
  readonly 'job-id': string;
  readonly 'tag': string;
  readonly 'vmstate': string;
  readonly 'devices': readonly (string)[];
}

export interface SpiceConnectedData {
  readonly 'server': SpiceConnectedServer;
  readonly 'client': SpiceConnectedServer;
}

export interface SpiceConnectedServer {
  readonly 'host': string;
  readonly 'port': string;
  readonly 'family': QueryVncFamily;
}

export interface SpiceDisconnectedData {
  readonly 'server': SpiceConnectedServer;
  readonly 'client': SpiceConnectedServer;
}

export interface SpiceInitializedClient {
  readonly 'host': string;
  readonly 'port': string;
  readonly 'family': QueryVncFamily;
  readonly 'connection-id': Integer;
  readonly 'channel-type': Integer;
  readonly 'channel-id': Integer;
  readonly 'tls': boolean;
}

export interface SpiceInitializedData {
  readonly 'server': SpiceInitializedServer;
  readonly 'client': SpiceInitializedClient;
}

export interface SpiceInitializedServer {
  readonly 'host': string;
  readonly 'port': string;
  readonly 'family': QueryVncFamily;
  readonly 'auth'?: string;
}

export interface TraceEventGetStateArguments {
  readonly 'name': string;
}

export interface TraceEventGetStateItem {
  readonly 'name': string;
  readonly 'state': TraceEventGetStateItemState;
}

export type TraceEventGetStateItemState = 'unavailable' | 'disabled' | 'enabled';

export interface TraceEventSetStateArguments {
  readonly 'name': string;
  readonly 'enable': boolean;
  readonly 'ignore-unavailable'?: boolean;
}

export type TransactionActionsItem = {
} & (
  | ({ readonly 'type': 'abort' } & TransactionActionsItemAbort)
  | ({ readonly 'type': 'block-dirty-bitmap-add' } & TransactionActionsItemBlockDirtyBitmapAdd)
  | ({ readonly 'type': 'block-dirty-bitmap-remove' } & TransactionActionsItemBlockDirtyBitmapRemove)
  | ({ readonly 'type': 'block-dirty-bitmap-clear' } & TransactionActionsItemBlockDirtyBitmapRemove)
  | ({ readonly 'type': 'block-dirty-bitmap-enable' } & TransactionActionsItemBlockDirtyBitmapRemove)
  | ({ readonly 'type': 'block-dirty-bitmap-disable' } & TransactionActionsItemBlockDirtyBitmapRemove)
  | ({ readonly 'type': 'block-dirty-bitmap-merge' } & TransactionActionsItemBlockDirtyBitmapMerge)
  | ({ readonly 'type': 'blockdev-backup' } & TransactionActionsItemBlockdevBackup)
  | ({ readonly 'type': 'blockdev-snapshot' } & TransactionActionsItemBlockdevSnapshot)
  | ({ readonly 'type': 'blockdev-snapshot-internal-sync' } & TransactionActionsItemBlockdevSnapshotInternalSync)
  | ({ readonly 'type': 'blockdev-snapshot-sync' } & TransactionActionsItemBlockdevSnapshotSync)
  | ({ readonly 'type': 'drive-backup' } & TransactionActionsItemDriveBackup)
);

export interface TransactionActionsItemAbort {
  readonly 'data': Empty;
}

export interface TransactionActionsItemBlockDirtyBitmapAdd {
  readonly 'data': BlockDirtyBitmapAddArguments;
}

export interface TransactionActionsItemBlockDirtyBitmapMerge {
  readonly 'data': BlockDirtyBitmapMergeArguments;
}

export interface TransactionActionsItemBlockDirtyBitmapRemove {
  readonly 'data': BlockDirtyBitmapClearArguments;
}

export interface TransactionActionsItemBlockdevBackup {
  readonly 'data': BlockdevBackupArguments;
}

export interface TransactionActionsItemBlockdevSnapshot {
  readonly 'data': BlockdevSnapshotArguments;
}

export interface TransactionActionsItemBlockdevSnapshotInternalSync {
  readonly 'data': BlockdevSnapshotInternalSyncArguments;
}

export interface TransactionActionsItemBlockdevSnapshotSync {
  readonly 'data': BlockdevSnapshotSyncArguments;
}

export interface TransactionActionsItemDriveBackup {
  readonly 'data': DriveBackupArguments;
}

export type TransactionActionsItemType = 'abort' | 'block-dirty-bitmap-add' | 'block-dirty-bitmap-remove' | 'block-dirty-bitmap-clear' | 'block-dirty-bitmap-enable' | 'block-dirty-bitmap-disable' | 'block-dirty-bitmap-merge' | 'blockdev-backup' | 'blockdev-snapshot' | 'blockdev-snapshot-internal-sync' | 'blockdev-snapshot-sync' | 'drive-backup';

export interface TransactionArguments {
  readonly 'actions': readonly (TransactionActionsItem)[];
  readonly 'properties'?: TransactionProperties;
}

export interface TransactionProperties {
  readonly 'completion-mode'?: TransactionPropertiesCompletionMode;
}

export type TransactionPropertiesCompletionMode = 'individual' | 'grouped';

export interface UnplugPrimaryData {
  readonly 'device-id': string;
}

export interface VfioMigrationData {
  readonly 'device-id': string;
  readonly 'qom-path': string;
  readonly 'device-state': VfioMigrationDeviceState;
}

export type VfioMigrationDeviceState = 'stop' | 'running' | 'stop-copy' | 'resuming' | 'running-p2p' | 'pre-copy' | 'pre-copy-p2p';

export interface VfuClientHangupData {
  readonly 'vfu-id': string;
  readonly 'vfu-qom-path': string;
  readonly 'dev-id': string;
  readonly 'dev-qom-path': string;
}

export interface VncConnectedClient {
  readonly 'host': string;
  readonly 'service': string;
  readonly 'family': QueryVncFamily;
  readonly 'websocket': boolean;
}

export interface VncConnectedData {
  readonly 'server': VncConnectedServer;
  readonly 'client': VncConnectedClient;
}

export interface VncConnectedServer {
  readonly 'host': string;
  readonly 'service': string;
  readonly 'family': QueryVncFamily;
  readonly 'websocket': boolean;
  readonly 'auth'?: string;
}

export interface VncDisconnectedClient {
  readonly 'host': string;
  readonly 'service': string;
  readonly 'family': QueryVncFamily;
  readonly 'websocket': boolean;
  readonly 'x509_dname'?: string;
  readonly 'sasl_username'?: string;
}

export interface VncDisconnectedData {
  readonly 'server': VncConnectedServer;
  readonly 'client': VncDisconnectedClient;
}

export interface VncInitializedData {
  readonly 'server': VncConnectedServer;
  readonly 'client': VncDisconnectedClient;
}

export interface VserportChangeData {
  readonly 'id': string;
  readonly 'open': boolean;
}

export type WatchdogAction = 'reset' | 'shutdown' | 'poweroff' | 'pause' | 'debug' | 'none' | 'inject-nmi';

export interface WatchdogData {
  readonly 'action': WatchdogAction;
}

export interface WatchdogSetActionArguments {
  readonly 'action': WatchdogAction;
}

export interface XBlockdevAmendArguments {
  readonly 'job-id': string;
  readonly 'node-name': string;
  readonly 'options': XBlockdevAmendOptions;
  readonly 'force'?: boolean;
}

export type XBlockdevAmendOptions = {
} & (
  | ({ readonly 'driver': 'luks' } & XBlockdevAmendOptionsLuks)
  | ({ readonly 'driver': 'qcow2' } & XBlockdevAmendOptionsQcow2)
  | { readonly 'driver': 'blkdebug' }
  | { readonly 'driver': 'blklogwrites' }
  | { readonly 'driver': 'blkreplay' }
  | { readonly 'driver': 'blkverify' }
  | { readonly 'driver': 'bochs' }
  | { readonly 'driver': 'cloop' }
  | { readonly 'driver': 'compress' }
  | { readonly 'driver': 'copy-before-write' }
  | { readonly 'driver': 'copy-on-read' }
  | { readonly 'driver': 'dmg' }
  | { readonly 'driver': 'file' }
  | { readonly 'driver': 'snapshot-access' }
  | { readonly 'driver': 'ftp' }
  | { readonly 'driver': 'ftps' }
  | { readonly 'driver': 'gluster' }
  | { readonly 'driver': 'host_cdrom' }
  | { readonly 'driver': 'host_device' }
  | { readonly 'driver': 'http' }
  | { readonly 'driver': 'https' }
  | { readonly 'driver': 'io_uring' }
  | { readonly 'driver': 'iscsi' }
  | { readonly 'driver': 'nbd' }
  | { readonly 'driver': 'nfs' }
  | { readonly 'driver': 'null-aio' }
  | { readonly 'driver': 'null-co' }
  | { readonly 'driver': 'nvme' }
  | { readonly 'driver': 'nvme-io_uring' }
  | { readonly 'driver': 'parallels' }
  | { readonly 'driver': 'preallocate' }
  | { readonly 'driver': 'qcow' }
  | { readonly 'driver': 'qed' }
  | { readonly 'driver': 'quorum' }
  | { readonly 'driver': 'raw' }
  | { readonly 'driver': 'rbd' }
  | { readonly 'driver': 'replication' }
  | { readonly 'driver': 'ssh' }
  | { readonly 'driver': 'throttle' }
  | { readonly 'driver': 'vdi' }
  | { readonly 'driver': 'vhdx' }
  | { readonly 'driver': 'virtio-blk-vfio-pci' }
  | { readonly 'driver': 'virtio-blk-vhost-user' }
  | { readonly 'driver': 'virtio-blk-vhost-vdpa' }
  | { readonly 'driver': 'vmdk' }
  | { readonly 'driver': 'vpc' }
  | { readonly 'driver': 'vvfat' }
);

export interface XBlockdevAmendOptionsLuks {
  readonly 'state': XBlockdevAmendOptionsLuksState;
  readonly 'new-secret'?: string;
  readonly 'old-secret'?: string;
  readonly 'keyslot'?: Integer;
  readonly 'iter-time'?: Integer;
  readonly 'secret'?: string;
}

export type XBlockdevAmendOptionsLuksState = 'active' | 'inactive';

export interface XBlockdevAmendOptionsQcow2 {
  readonly 'encrypt'?: XBlockdevAmendOptionsQcow2Encrypt;
}

export type XBlockdevAmendOptionsQcow2Encrypt = {
} & (
  | ({ readonly 'format': 'luks' } & XBlockdevAmendOptionsQcow2EncryptLuks)
  | { readonly 'format': 'qcow' }
);

export interface XBlockdevAmendOptionsQcow2EncryptLuks {
  readonly 'state': XBlockdevAmendOptionsLuksState;
  readonly 'new-secret'?: string;
  readonly 'old-secret'?: string;
  readonly 'keyslot'?: Integer;
  readonly 'iter-time'?: Integer;
  readonly 'secret'?: string;
}

export interface XBlockdevChangeArguments {
  readonly 'parent': string;
  readonly 'child'?: string;
  readonly 'node'?: string;
}

export interface XBlockdevSetIothreadArguments {
  readonly 'node-name': string;
  readonly 'iothread': string | null;
  readonly 'force'?: boolean;
}

export interface XDebugBlockDirtyBitmapSha256Return {
  readonly 'sha256': string;
}

export interface XDebugQueryBlockGraphEdgesItem {
  readonly 'parent': Integer;
  readonly 'child': Integer;
  readonly 'name': string;
  readonly 'perm': readonly (BlockdevAddBlkdebugTakeChildPermsItem)[];
  readonly 'shared-perm': readonly (BlockdevAddBlkdebugTakeChildPermsItem)[];
}

export interface XDebugQueryBlockGraphNodesItem {
  readonly 'id': Integer;
  readonly 'type': XDebugQueryBlockGraphNodesItemType;
  readonly 'name': string;
}

export type XDebugQueryBlockGraphNodesItemType = 'block-backend' | 'block-job' | 'block-driver';

export interface XDebugQueryBlockGraphReturn {
  readonly 'nodes': readonly (XDebugQueryBlockGraphNodesItem)[];
  readonly 'edges': readonly (XDebugQueryBlockGraphEdgesItem)[];
}

export interface XQueryInterruptControllersReturn {
  readonly 'human-readable-text': string;
}

export interface XQueryVirtioItem {
  readonly 'path': string;
  readonly 'name': string;
}

export interface XQueryVirtioQueueElementArguments {
  readonly 'path': string;
  readonly 'queue': Integer;
  readonly 'index'?: Integer;
}

export interface XQueryVirtioQueueElementAvail {
  readonly 'flags': Integer;
  readonly 'idx': Integer;
  readonly 'ring': Integer;
}

export interface XQueryVirtioQueueElementDescsItem {
  readonly 'addr': Integer;
  readonly 'len': Integer;
  readonly 'flags': readonly (string)[];
}

export interface XQueryVirtioQueueElementReturn {
  readonly 'name': string;
  readonly 'index': Integer;
  readonly 'descs': readonly (XQueryVirtioQueueElementDescsItem)[];
  readonly 'avail': XQueryVirtioQueueElementAvail;
  readonly 'used': XQueryVirtioQueueElementUsed;
}

export interface XQueryVirtioQueueElementUsed {
  readonly 'flags': Integer;
  readonly 'idx': Integer;
}

export interface XQueryVirtioQueueStatusArguments {
  readonly 'path': string;
  readonly 'queue': Integer;
}

export interface XQueryVirtioQueueStatusReturn {
  readonly 'name': string;
  readonly 'queue-index': Integer;
  readonly 'inuse': Integer;
  readonly 'vring-num': Integer;
  readonly 'vring-num-default': Integer;
  readonly 'vring-align': Integer;
  readonly 'vring-desc': Integer;
  readonly 'vring-avail': Integer;
  readonly 'vring-used': Integer;
  readonly 'last-avail-idx'?: Integer;
  readonly 'shadow-avail-idx'?: Integer;
  readonly 'used-idx': Integer;
  readonly 'signalled-used': Integer;
  readonly 'signalled-used-valid': boolean;
}

export interface XQueryVirtioStatusArguments {
  readonly 'path': string;
}

export interface XQueryVirtioStatusGuestFeatures {
  readonly 'transports': readonly (string)[];
  readonly 'dev-features'?: readonly (string)[];
  readonly 'unknown-dev-features'?: Integer;
}

export interface XQueryVirtioStatusReturn {
  readonly 'name': string;
  readonly 'device-id': Integer;
  readonly 'vhost-started': boolean;
  readonly 'device-endian': string;
  readonly 'guest-features': XQueryVirtioStatusGuestFeatures;
  readonly 'host-features': XQueryVirtioStatusGuestFeatures;
  readonly 'backend-features': XQueryVirtioStatusGuestFeatures;
  readonly 'num-vqs': Integer;
  readonly 'status': XQueryVirtioStatusStatus;
  readonly 'isr': Integer;
  readonly 'queue-sel': Integer;
  readonly 'vm-running': boolean;
  readonly 'broken': boolean;
  readonly 'disabled': boolean;
  readonly 'use-started': boolean;
  readonly 'started': boolean;
  readonly 'start-on-kick': boolean;
  readonly 'disable-legacy-check': boolean;
  readonly 'bus-name': string;
  readonly 'use-guest-notifier-mask': boolean;
  readonly 'vhost-dev'?: XQueryVirtioStatusVhostDev;
}

export interface XQueryVirtioStatusStatus {
  readonly 'statuses': readonly (string)[];
  readonly 'unknown-statuses'?: Integer;
}

export interface XQueryVirtioStatusVhostDev {
  readonly 'n-mem-sections': Integer;
  readonly 'n-tmp-sections': Integer;
  readonly 'nvqs': Integer;
  readonly 'vq-index': Integer;
  readonly 'features': XQueryVirtioStatusGuestFeatures;
  readonly 'acked-features': XQueryVirtioStatusGuestFeatures;
  readonly 'backend-features': XQueryVirtioStatusGuestFeatures;
  readonly 'protocol-features': XQueryVirtioStatusVhostDevProtocolFeatures;
  readonly 'max-queues': Integer;
  readonly 'backend-cap': Integer;
  readonly 'log-enabled': boolean;
  readonly 'log-size': Integer;
}

export interface XQueryVirtioStatusVhostDevProtocolFeatures {
  readonly 'protocols': readonly (string)[];
  readonly 'unknown-protocols'?: Integer;
}

export interface XQueryVirtioVhostQueueStatusArguments {
  readonly 'path': string;
  readonly 'queue': Integer;
}

export interface XQueryVirtioVhostQueueStatusReturn {
  readonly 'name': string;
  readonly 'kick': Integer;
  readonly 'call': Integer;
  readonly 'desc': Integer;
  readonly 'avail': Integer;
  readonly 'used': Integer;
  readonly 'num': Integer;
  readonly 'desc-phys': Integer;
  readonly 'desc-size': Integer;
  readonly 'avail-phys': Integer;
  readonly 'avail-size': Integer;
  readonly 'used-phys': Integer;
  readonly 'used-size': Integer;
}

export interface XenEventInjectArguments {
  readonly 'port': Integer;
}

export interface XenEventListItem {
  readonly 'port': Integer;
  readonly 'vcpu': Integer;
  readonly 'type': XenEventListItemType;
  readonly 'remote-domain': string;
  readonly 'target': Integer;
  readonly 'pending': boolean;
  readonly 'masked': boolean;
}

export type XenEventListItemType = 'closed' | 'unbound' | 'interdomain' | 'pirq' | 'virq' | 'ipi';

export interface XenLoadDevicesStateArguments {
  readonly 'filename': string;
}

export interface XenSaveDevicesStateArguments {
  readonly 'filename': string;
  readonly 'live'?: boolean;
}

export interface XenSetGlobalDirtyLogArguments {
  readonly 'enable': boolean;
}

export interface XenSetReplicationArguments {
  readonly 'enable': boolean;
  readonly 'primary': boolean;
  readonly 'failover'?: boolean;
}

export interface YankArguments {
  readonly 'instances': readonly (QueryYankItem)[];
}

