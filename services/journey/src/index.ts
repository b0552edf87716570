export { journey } from './service';
