package io.holdfast.loadbalancer;

/**
 * Who owns which part of the space of hashes. The slots stand in a circle: whoever comes after a
 * slot is next to take over from its owner.
 */
interface Keyspace {

  /** Makes a keyspace for endpoints, at least one. */
  @FunctionalInterface
  interface Layout {
    Keyspace of(Endpoint[] endpoints);
  }

  /** How many slots there are. */
  int slots();

  /** The slot in which a hash falls. */
  int slot(long hash);

  /** The index of the endpoint that owns a slot. */
  int owner(int slot);
}
