package io.holdfast.loadbalancer;

import io.holdfast.registry.Registered;

/** An instance as one snapshot described it, with the load that outlives the snapshot. */
record Endpoint(Registered registered, Load load) {

  String id() {
    return registered.id();
  }

  int weight() {
    return registered.instance().weight();
  }
}
