export { journey } from './service';
export { uncoveredDisclosures } from './disclosures/uncovered';
