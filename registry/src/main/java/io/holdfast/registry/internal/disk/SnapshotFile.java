package io.holdfast.registry.internal.disk;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.coordination.Revision;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.StatusOverride;
import io.holdfast.registry.internal.format.InstanceJson;
import io.holdfast.registry.internal.format.InstanceJson.MalformedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The form of a {@link ServiceSnapshot} on disk, inside of a checksummed file: JSON. */
final class SnapshotFile {

  /** Files beyond this are not read. */
  static final int LARGEST = 64 * 1024 * 1024;

  static final String FORMAT = "holdfast-snapshot 1";
  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(16)
                      .maxDocumentLength(LARGEST)
                      .build())
              .build());

  private SnapshotFile() {}

  static byte[] encode(ServiceSnapshot snapshot) {
    ObjectNode tree = InstanceJson.newTree();
    tree.put("service", snapshot.service());
    tree.put("revision", snapshot.revision().value());
    tree.put("asOf", snapshot.asOf().toEpochMilli());
    ArrayNode instances = tree.putArray("instances");
    for (RegisteredInstance there : snapshot.instances()) {
      ObjectNode node = instances.addObject();
      node.put("epoch", there.epoch().value());
      there
          .override()
          .ifPresent(override -> InstanceJson.write(override, node.putObject("override")));
      InstanceJson.write(
          there.instance().withStatus(there.ownStatus()), node.putObject("instance"));
    }
    return InstanceJson.bytes(tree);
  }

  /** Reads it, as a snapshot from {@link Freshness#DISK}. */
  static ServiceSnapshot decode(String service, byte[] body) throws MalformedException {
    return snapshot(service, InstanceJson.tree(JSON, body));
  }

  private static ServiceSnapshot snapshot(String service, JsonNode tree) throws MalformedException {
    if (!InstanceJson.text(tree, "service").equals(service)) {
      throw new MalformedException("it is of another service");
    }
    List<RegisteredInstance> instances = new ArrayList<>();
    for (JsonNode node : tree.path("instances")) {
      ServiceInstance instance = InstanceJson.read(node.path("instance"));
      Optional<StatusOverride> override =
          node.has("override")
              ? Optional.of(InstanceJson.readOverride(node.get("override")))
              : Optional.empty();
      if (!instance.service().equals(service)) {
        throw new MalformedException("it holds an instance of another service");
      }
      instances.add(RegisteredInstance.of(instance, revision(node, "epoch"), override));
    }
    return new ServiceSnapshot(
        service,
        revision(tree, "revision"),
        Freshness.DISK,
        instances,
        Instant.ofEpochMilli(tree.path("asOf").asLong()));
  }

  private static Revision revision(JsonNode tree, String field) throws MalformedException {
    JsonNode node = tree.path(field);
    if (!node.isIntegralNumber() || node.longValue() < 0) {
      throw new MalformedException("no revision in the field '" + field + "'");
    }
    return new Revision(node.longValue());
  }
}
