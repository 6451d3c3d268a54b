import { asTests } from './as-tests.ts';
import { networkTests } from './mesh-cases.ts';

asTests(networkTests);
