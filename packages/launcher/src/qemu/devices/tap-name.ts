/** Made by the pod's network container, and QEMU's own to open. */
export const tapName = (index: number): string => `tap${index}`;
