import { page } from '@bollard/ui/vite';

export default page(import.meta.dirname, 'http://127.0.0.1:8100');
