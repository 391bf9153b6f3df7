package io.holdfast.gateway;

import io.holdfast.coordination.Coordinator;
import io.holdfast.registry.admin.RegistryAdmin;
import io.holdfast.registry.lease.LeasedInstances;
import io.vertx.core.Vertx;

/**
 * What a door is made of.
 *
 * @param vertx event loops and timers
 * @param bind the address that doors with ports of their own listen on
 * @param feed all services as they are now; waits for changes
 * @param leases registers, renews and cancels instances for clients
 * @param admin overrides, drains; every change is noted in the audit trail
 * @param access who may write
 * @param coordinator for doors to what is not in the registry, such as locks
 */
public record GatewayParts(
    Vertx vertx,
    String bind,
    ServiceFeed feed,
    LeasedInstances leases,
    RegistryAdmin admin,
    WriteAccess access,
    Coordinator coordinator) {}
