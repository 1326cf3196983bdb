/** Why a guest has no address of its own choosing, with what to do instead. Whatever its binding, it is on its pod's network. */
export const GIVEN_BY_POD =
  "a guest has its address, gateway and name servers from its pod's network; leave the field out, and reach the guest at " +
  'its status.ipAddresses or by a Service. An address of its own takes a network of type bridge or multus, which this ' +
  'version does not have';
