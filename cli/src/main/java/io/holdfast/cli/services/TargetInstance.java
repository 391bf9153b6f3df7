package io.holdfast.cli.services;

import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.NotFoundException;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.admin.RegistryAdmin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The instance that a command acts on.
 *
 * @param service its service
 * @param id its id
 * @param found as it is registered; empty if it is not
 */
record TargetInstance(String service, String id, Optional<RegisteredInstance> found) {

  static final String PARAMETERS = "[NAME] ID";
  static final String DESCRIPTION =
      "the service and the instance's id; the id alone if only one service has such an instance";

  /**
   * Looks up {@code NAME ID} or {@code ID}.
   *
   * @throws NotFoundException if it is an id alone and nobody has it
   * @throws IllegalArgumentException if it is an id alone and several services have it
   */
  static TargetInstance of(
      List<String> words, RegistryAdmin registry, ClusterConnection connection) {
    if (words.size() == 2) {
      String service = words.get(0);
      return new TargetInstance(
          service, words.get(1), find(service, words.get(1), registry, connection));
    }
    String id = words.get(0);
    List<TargetInstance> targets = new ArrayList<>();
    for (String service : connection.await(registry.inspectServices()).found()) {
      Optional<RegisteredInstance> found = find(service, id, registry, connection);
      if (found.isPresent()) {
        targets.add(new TargetInstance(service, id, found));
      }
    }
    if (targets.isEmpty()) {
      throw new NotFoundException("no service has an instance '" + id + "'");
    }
    if (targets.size() > 1) {
      throw new IllegalArgumentException(
          "several services have an instance '"
              + id
              + "': "
              + String.join(", ", targets.stream().map(TargetInstance::service).toList())
              + "; give NAME ID");
    }
    return targets.get(0);
  }

  /** True if there is an entry under its key, but none that can be read. */
  boolean isUnreadable(RegistryAdmin registry, ClusterConnection connection) {
    return connection.await(registry.inspect(service)).unreadable().stream()
        .anyMatch(entry -> entry.key().name().equals(id));
  }

  private static Optional<RegisteredInstance> find(
      String service, String id, RegistryAdmin registry, ClusterConnection connection) {
    return connection.await(registry.inspect(service)).snapshot().find(id);
  }

  /** The instance as it is registered. */
  RegisteredInstance required() {
    return found.orElseThrow(() -> new NotFoundException("there is no instance " + this));
  }

  @Override
  public String toString() {
    return service + "/" + id;
  }
}
