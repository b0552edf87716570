import { Injectable, type PipeTransform } from '@nestjs/common';
import { uuid } from '@tsunagu/contracts';
import { NotFound } from './problems';

/** An id in a path. What is no UUID names nothing: the same 404. */
@Injectable()
export class IdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!uuid.safeParse(value).success) throw new NotFound();
    return value.toLowerCase();
  }
}
