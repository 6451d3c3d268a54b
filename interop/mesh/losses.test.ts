import { asTests } from './as-tests.ts';
import { lossTests } from './mesh-cases.ts';

asTests(lossTests);
