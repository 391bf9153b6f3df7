package io.holdfast.grpc;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;

/**
 * What the registry knows of an address, on each {@link EquivalentAddressGroup#getAttributes} that
 * a resolver here gives: for load balancing policies of gRPC, whose own ones look at none of it.
 */
public final class InstanceAttributes {

  /** The instance's id. */
  public static final Attributes.Key<String> ID = Attributes.Key.create("holdfast-id");

  /** {@link ServiceInstance#weight}, at least 1. */
  public static final Attributes.Key<Integer> WEIGHT = Attributes.Key.create("holdfast-weight");

  /** {@link ServiceInstance#zone}; absent if the instance names none. */
  public static final Attributes.Key<String> ZONE = Attributes.Key.create("holdfast-zone");

  /** {@link ServiceInstance#version}; absent if the instance names none. */
  public static final Attributes.Key<String> VERSION = Attributes.Key.create("holdfast-version");

  /** {@link RegisteredInstance#epoch}, as a number. */
  public static final Attributes.Key<Long> EPOCH = Attributes.Key.create("holdfast-epoch");

  private InstanceAttributes() {}

  static Attributes of(RegisteredInstance registered) {
    ServiceInstance instance = registered.instance();
    Attributes.Builder attributes =
        Attributes.newBuilder()
            .set(ID, instance.id())
            .set(WEIGHT, instance.weight())
            .set(EPOCH, registered.epoch().value());
    if (!instance.zone().isEmpty()) {
      attributes.set(ZONE, instance.zone());
    }
    if (!instance.version().isEmpty()) {
      attributes.set(VERSION, instance.version());
    }
    return attributes.build();
  }
}
