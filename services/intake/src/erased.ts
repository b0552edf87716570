import { Rejection } from '@tsunagu/event-sourcing';
import { Erased } from '@tsunagu/sealing';

/** What was erased opens to null. */
export async function nullWhenErased<T>(opening: Promise<T>): Promise<T | null> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof Erased) return null;
    throw error;
  }
}

/** Nothing is sealed for somebody who is gone. @throws Rejection (`person-erased`) */
export async function refusedWhenErased<T>(sealing: Promise<T>): Promise<T> {
  try {
    return await sealing;
  } catch (error) {
    if (!(error instanceof Erased)) throw error;
    throw new Rejection(
      'person-erased',
      'Everything about this person was erased at their wish; nothing can be added.',
    );
  }
}
