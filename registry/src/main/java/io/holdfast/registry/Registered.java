package io.holdfast.registry;

import io.holdfast.coordination.Revision;

/**
 * An instance as the cluster knows it.
 *
 * @param instance what it says of itself
 * @param epoch which registration this is: the revision at which its key was created. An update in
 *     place keeps it, a restarted process has a later one. A callee that is sent the epoch its
 *     caller meant can tell that somebody else was meant
 */
public record Registered(ServiceInstance instance, Revision epoch) {

  /** The instance's id. */
  public String id() {
    return instance.id();
  }
}
