/** Only a cluster that this project made has processes that we may kill. */
export const cluster = process.env['HYPERSDK_INSTANCE'];
/** Why a test that kills is left out. */
export const foreign = cluster === undefined && 'the processes of this cluster are not ours to kill';
