package io.holdfast.loadbalancer.internal.policy;

import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;

/**
 * Assigns the space of hashes, in slots, to endpoints. The slots stand in a circle: if the owner of
 * a slot cannot take a key, the owner of the next slot does.
 */
public interface Keyspace {

  /** Makes a keyspace for endpoints, at least one. */
  @FunctionalInterface
  interface Layout {
    Keyspace of(TrackedEndpoint[] endpoints);
  }

  /** How many slots there are. */
  int slots();

  /** The slot in which a hash falls. */
  int slot(long hash);

  /** The index of the endpoint that owns a slot. */
  int owner(int slot);
}
