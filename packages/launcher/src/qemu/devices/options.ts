/** Plain data as QEMU's JSON option syntax: no comma, quote or equals sign can change its meaning. */
export type Properties = Readonly<Record<string, unknown>>;

export const device = (properties: Properties): string[] => ['-device', JSON.stringify(properties)];
export const object = (properties: Properties): string[] => ['-object', JSON.stringify(properties)];
export const blockdev = (properties: Properties): string[] => ['-blockdev', JSON.stringify(properties)];
export const netdev = (properties: Properties): string[] => ['-netdev', JSON.stringify(properties)];
