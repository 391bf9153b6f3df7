package io.holdfast.gateway.prometheus;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.gateway.Door;
import io.holdfast.gateway.GatewayParts;
import io.holdfast.gateway.ServiceFeed;
import io.holdfast.gateway.ServiceState;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.lease.Lease;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Targets for Prometheus at {@code /prometheus/sd} and {@code /prometheus/sd/SERVICE}, in the form
 * of {@code http_sd_configs}. One group for each instance, with labels {@code __meta_holdfast_*}.
 *
 * <p>The target's port is the one that {@code ?port=NAME} names, or else the one called {@code
 * metrics}, or {@code http}, or the only one; an instance without it is left out. So are instances
 * that are not UP, unless {@code ?status=any} asks for them. While nothing is known of the store
 * the answer is 503, and Prometheus keeps the targets that it has.
 */
public final class HttpSdDoor implements Door {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String LABEL = "__meta_holdfast_";

  private final ServiceFeed feed;

  /** Of all services. */
  public HttpSdDoor(GatewayParts parts) {
    this.feed = parts.feed();
  }

  @Override
  public String name() {
    return "prometheus";
  }

  @Override
  public void routes(Router router) {
    router
        .get("/prometheus/sd")
        .handler(context -> answer(context, List.copyOf(feed.services().values())));
    router
        .get("/prometheus/sd/:service")
        .handler(
            context ->
                answer(context, feed.service(context.pathParam("service")).stream().toList()));
  }

  private void answer(RoutingContext context, Collection<ServiceState> states) {
    if (!feed.isListed() || states.stream().anyMatch(state -> !state.isKnown())) {
      context
          .response()
          .setStatusCode(503)
          .putHeader("Content-Type", "text/plain")
          .end("the store has not named the services yet");
      return;
    }
    Optional<String> port = Optional.ofNullable(context.request().getParam("port"));
    boolean all = "any".equals(context.request().getParam("status"));
    ArrayNode groups = MAPPER.createArrayNode();
    for (ServiceState state : states) {
      for (RegisteredInstance there : state.snapshot().instances()) {
        if (all || there.instance().status() == InstanceStatus.UP) {
          address(there.instance(), port)
              .ifPresent(target -> groups.add(group(there.instance(), target)));
        }
      }
    }
    context.response().putHeader("Content-Type", "application/json").end(groups.toString());
  }

  private static Optional<String> address(ServiceInstance instance, Optional<String> port) {
    if (port.isPresent()) {
      return instance.address(port.get());
    }
    return instance
        .address("metrics")
        .or(() -> instance.address(ServiceInstance.HTTP))
        .or(
            () ->
                instance.ports().size() == 1
                    ? instance.address(instance.ports().keySet().iterator().next())
                    : Optional.empty());
  }

  private static ObjectNode group(ServiceInstance instance, String target) {
    ObjectNode group = MAPPER.createObjectNode();
    group.putArray("targets").add(target);
    ObjectNode labels = group.putObject("labels");
    label(labels, "service", instance.service());
    label(labels, "instance_id", instance.id());
    label(labels, "status", instance.status().name());
    label(labels, "region", instance.region());
    label(labels, "zone", instance.zone());
    label(labels, "version", instance.version());
    if (!instance.tags().isEmpty()) {
      label(labels, "tags", "," + String.join(",", instance.tags()) + ",");
    }
    for (Map.Entry<String, String> entry : instance.metadata().entrySet()) {
      if (!entry.getKey().startsWith(Lease.RESERVED)) {
        label(
            labels,
            "metadata_" + entry.getKey().replaceAll("[^A-Za-z0-9_]", "_"),
            entry.getValue());
      }
    }
    instance
        .ports()
        .forEach(
            (name, port) ->
                label(
                    labels,
                    "port_" + name.replaceAll("[^A-Za-z0-9_]", "_"),
                    Integer.toString(port)));
    return group;
  }

  private static void label(ObjectNode labels, String name, String value) {
    if (!value.isEmpty()) {
      labels.put(LABEL + name, value);
    }
  }
}
