/** Usage: main.ts ADDRESS PORT DIRECTORY */
import { imageServer } from './server.ts';

const [address, port, directory] = process.argv.slice(2);
if (address === undefined || port === undefined || directory === undefined) {
  throw new Error('usage: main.ts ADDRESS PORT DIRECTORY');
}
imageServer(directory).listen(Number(port), address);
