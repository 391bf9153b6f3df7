package io.holdfast.cli.render;

import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The instances of a service that a proxy sends requests to.
 *
 * @param service the service's name
 * @param servers by id, never empty
 */
record Upstream(String service, List<Server> servers) {

  /**
   * One instance.
   *
   * @param id as in the registry
   * @param address {@code host:port}
   * @param weight at least 1
   */
  record Server(String id, String address, int weight) {}

  /**
   * Those of a snapshot that take requests: UP, with a weight, and with the port.
   *
   * @param fit who may be among them
   * @return empty if there is none
   */
  static Optional<Upstream> of(
      ServiceSnapshot snapshot, String port, Predicate<ServiceInstance> fit) {
    List<Server> servers =
        snapshot.up().stream()
            .map(RegisteredInstance::instance)
            .filter(instance -> instance.weight() > 0)
            .filter(fit)
            .flatMap(instance -> server(instance, port).stream())
            .toList();
    return servers.isEmpty()
        ? Optional.empty()
        : Optional.of(new Upstream(snapshot.service(), servers));
  }

  private static Optional<Server> server(ServiceInstance instance, String port) {
    return instance
        .address(port)
        .map(address -> new Server(instance.id(), address, instance.weight()));
  }

  int heaviest() {
    return servers.stream().mapToInt(Server::weight).max().orElse(1);
  }
}
