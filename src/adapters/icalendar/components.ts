import type { Component } from './parse-components.ts';
import type { Property } from './property.ts';
import { unreadable } from './unreadable.ts';

/** Every component of one name, at whatever depth: no reader minds what stands around an event. */
export const componentsNamed = (component: Component, name: string): ReadonlyArray<Component> =>
  component.components.flatMap((child) => [...(child.name === name ? [child] : []), ...componentsNamed(child, name)]);

export const propertiesNamed = (component: Component, name: string): ReadonlyArray<Property> =>
  component.properties.filter((property) => property.name === name);

const OTHER_KINDS = ['VTODO', 'VJOURNAL', 'VFREEBUSY', 'VAVAILABILITY', 'VPOLL'];

/** The events of a text. Throws where it holds nothing that a calendar holds: then nobody knows what was meant. */
export const eventsOf = (root: Component): ReadonlyArray<Component> => {
  const events = componentsNamed(root, 'VEVENT');
  if (events.length === 0 && OTHER_KINDS.every((name) => componentsNamed(root, name).length === 0)) {
    throw unreadable('it holds no event');
  }
  return events;
};
