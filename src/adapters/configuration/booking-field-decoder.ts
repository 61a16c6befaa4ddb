import type { BookingField } from '../../domain/configuration/event-type.ts';
import { all, checked, type Decoder, type Errors, mapped, nullable } from './decoder.ts';
import { duplicates, placedUnder } from './duplicates.ts';
import { object } from './object-decoder.ts';
import { flag, list, oneOf, text, textLike } from './value-decoders.ts';

const fieldTypes = ['text', 'textarea', 'number', 'boolean', 'select', 'multiselect', 'email', 'phone', 'url'] as const;

/** Slugs that the answers of a booking hold anyway (Cal.com API v2, `bookingFieldsResponses`). */
const takenSlugs: ReadonlyArray<string> = ['name', 'email', 'guests', 'displayEmail', 'displayGuests'];

const MAX_OPTIONS = 100;
const MAX_FIELDS = 50;

const fieldErrors = ({ slug: name, type, options }: BookingField, path: string): Errors => {
  const chooses = type === 'select' || type === 'multiselect';
  const taken: Errors = takenSlugs.includes(name)
    ? [{ path: `${path}.slug`, code: 'conflict', message: 'is a field that every booking has' }]
    : [];
  const lacking: Errors =
    chooses === (options !== undefined)
      ? []
      : [
          {
            path: `${path}.options`,
            code: 'conflict',
            message: `${chooses ? 'is required for' : 'has no meaning in'} a field of type ${type}`,
          },
        ];
  return [...taken, ...lacking];
};

const bookingField: Decoder<BookingField> = checked(
  mapped(
    object((keys) =>
      all({
        slug: keys.required('slug', textLike(60, /^[A-Za-z][A-Za-z0-9_-]*$/, 'a field name: letters, digits, - and _')),
        label: keys.required('label', text(200)),
        type: keys.required('type', oneOf(fieldTypes)),
        required: keys.optional('required', flag, false),
        options: keys.optional('options', nullable(list(text(200), MAX_OPTIONS, 1)), null),
      }),
    ),
    ({ options, ...field }) => (options === null ? field : { ...field, options }),
  ),
  fieldErrors,
);

export const bookingFields = checked(list(bookingField, MAX_FIELDS), (fields, path) =>
  duplicates(placedUnder(fields, path, 'slug')),
);
