import { before, describe } from 'node:test';
import { apiServer } from '../testing/api-server.ts';
import { installCrds } from '../testing/custom-resources.ts';
import { itAccepts, itRefuses } from '../testing/verdicts.ts';
import { vm } from '../testing/virtual-machine.ts';

const networks = (...all: object[]) => ({ networks: all });
const ports = (...all: object[]) => networks({ name: 'default', ports: all });

describe('a network at the API server', () => {
  const server = apiServer();
  before(() => installCrds(server));

  itRefuses(server, vm, {
    'of a name that is taken': {
      spec: networks({ name: 'a' }, { name: 'a', type: 'bridge' }),
      field: 'spec.networks[1]',
      message: 'Duplicate value',
    },
    'of an unknown type': {
      spec: networks({ name: 'a', type: 'token-ring' }),
      field: 'spec.networks[0].type',
      message: 'supported values',
    },
    'that is the fifth': {
      spec: networks(...['a', 'b', 'c', 'd', 'e'].map((name) => ({ name }))),
      field: 'spec.networks',
      message: 'at most 4 items',
    },
    'of type multus without its name': {
      spec: networks({ name: 'a', type: 'multus' }),
      field: 'spec.networks[0].multusNetworkName',
      message: 'type multus needs it',
    },
    'with a multus name and another type': {
      spec: networks({ name: 'a', multusNetworkName: 'lan' }),
      field: 'spec.networks[0].multusNetworkName',
      message: 'goes with type multus',
    },
    'of a multicast MAC address': {
      spec: networks({ name: 'a', macAddress: '01:00:5e:00:00:01' }),
      field: 'spec.networks[0].macAddress',
      message: 'should match',
    },
    'of a MAC address that is taken': {
      spec: networks(
        { name: 'a', macAddress: '52:54:00:00:00:0a' },
        { name: 'b', macAddress: '52:54:00:00:00:0A' },
      ),
      field: 'spec.networks',
      message: 'macAddress may occur only once',
    },
    ...Object.fromEntries(
      ['10.0.0.256', '10.0.0', '10.0.0.1/33', 'fd00::1/129', 'abcd', 'router.lan'].map((staticIP) => [
        `of the static IP ${staticIP}`,
        {
          spec: networks({ name: 'a', staticIP }),
          field: 'spec.networks[0].staticIP',
          message: 'IP address or a CIDR',
        },
      ]),
    ),
    'with port 0': {
      spec: ports({ port: 0 }),
      field: 'spec.networks[0].ports[0].port',
      message: 'equal to 1',
    },
    'with port 65536': {
      spec: ports({ port: 65536 }),
      field: 'spec.networks[0].ports[0].port',
      message: '65535',
    },
    'with a port twice': {
      spec: ports({ port: 22 }, { port: 22, protocol: 'TCP' }),
      field: 'spec.networks[0].ports[1]',
      message: 'Duplicate value',
    },
    'with a port that another network has': {
      spec: networks(
        { name: 'a', ports: [{ port: 22 }] },
        { name: 'b', ports: [{ port: 80 }, { port: 22 }] },
      ),
      field: 'spec.networks',
      message: 'may be in the ports of one network only',
    },
    ...Object.fromEntries(
      [10707, 10708].map((port) => [
        `with the launcher's port ${port}`,
        {
          spec: ports({ port }),
          field: 'spec.networks[0].ports[0].port',
          message: 'belong to the launcher',
        },
      ]),
    ),
  });

  itAccepts(server, vm, {
    ...Object.fromEntries(
      ['10.0.0.2', '192.168.255.1/24', 'fd00::2', '::1/128', '::ffff:10.0.0.1'].map((staticIP) => [
        `the static IP ${staticIP}`,
        { spec: networks({ name: 'a', staticIP }) },
      ]),
    ),
    'several pod networks, and one port for two protocols': {
      spec: networks(
        { name: 'a', ports: [{ port: 53 }] },
        { name: 'b', ports: [{ port: 53, protocol: 'UDP' }] },
        { name: 'c', binding: 'user' },
        { name: 'd' },
      ),
    },
    'networks of every type': {
      spec: networks(
        { name: 'a', binding: 'user', ports: [{ port: 53 }, { port: 53, protocol: 'UDP' }] },
        { name: 'b', type: 'bridge', staticIP: 'fd00::2/64' },
        { name: 'c', type: 'multus', multusNetworkName: 'infra/lan', staticIP: '10.0.0.2' },
      ),
    },
  });
});
