import type { PipeTransform } from '@nestjs/common';
import { NotFound } from '@tsunagu/platform';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Something that is no id names nobody. */
export class PersonIdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!UUID.test(value)) throw new NotFound();
    return value;
  }
}
