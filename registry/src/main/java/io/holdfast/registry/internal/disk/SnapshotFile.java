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
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The form of a {@link ServiceSnapshot} on disk: one line {@code holdfast-snapshot 1 <bytes>
 * <CRC-32C in hex>}, then so many bytes of JSON. A file that is cut short, longer, altered, of
 * another format or of another service is refused as a whole; so none is ever half read.
 */
final class SnapshotFile {

  /** Files beyond this are not read. */
  static final int LARGEST = 64 * 1024 * 1024;

  private static final String FORMAT = "holdfast-snapshot 1";
  private static final int LONGEST_HEADER = 128;
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
    byte[] body = InstanceJson.bytes(tree);
    byte[] header = header(body).getBytes(StandardCharsets.US_ASCII);
    byte[] file = Arrays.copyOf(header, header.length + body.length);
    System.arraycopy(body, 0, file, header.length, body.length);
    return file;
  }

  private static String header(byte[] body) {
    CRC32C sum = new CRC32C();
    sum.update(body);
    return "%s %d %08x\n".formatted(FORMAT, body.length, sum.getValue());
  }

  /** Reads it, as a snapshot from {@link Freshness#DISK}. */
  static ServiceSnapshot decode(String service, byte[] file) throws MalformedException {
    int headerLength = 0;
    while (headerLength < Math.min(file.length, LONGEST_HEADER) && file[headerLength] != '\n') {
      headerLength++;
    }
    if (headerLength == file.length || headerLength == LONGEST_HEADER) {
      throw new MalformedException("it does not begin as a snapshot does");
    }
    String header = new String(file, 0, headerLength + 1, StandardCharsets.US_ASCII);
    byte[] body = Arrays.copyOfRange(file, headerLength + 1, file.length);
    if (!header.startsWith(FORMAT + " ")) {
      throw new MalformedException("its format is not '" + FORMAT + "'");
    }
    if (!header.equals(header(body))) {
      throw new MalformedException("its length or checksum is wrong");
    }
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
