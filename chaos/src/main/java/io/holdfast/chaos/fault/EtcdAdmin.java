package io.holdfast.chaos.fault;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.testkit.etcd.EtcdHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** {@link StoreAdmin} of etcd, over its HTTP gateway. */
record EtcdAdmin(List<String> endpoints) implements StoreAdmin {

  /** What any of them can do. */
  static final Set<Capability> CAN = Set.of(Capability.END_SESSIONS, Capability.COMPACT);

  /** A session with the name of its owner, and its lease. */
  private record Found(String session, String owner, String lease) {}

  @Override
  public Map<String, String> sessions(String namespace) {
    return found(namespace).stream().collect(Collectors.toMap(Found::session, Found::owner));
  }

  @Override
  public List<String> endSessions(String namespace, String owner) {
    List<String> ended = new ArrayList<>();
    for (Found session : found(namespace)) {
      if (session.owner().startsWith(owner)) {
        ask("/v3/lease/revoke", "{\"ID\":\"" + session.lease() + "\"}");
        ended.add(session.session());
      }
    }
    return List.copyOf(ended);
  }

  private List<Found> found(String namespace) {
    String first = "/" + namespace + "/sessions/";
    String end = "/" + namespace + "/sessions0";
    JsonNode reply =
        ask(
            "/v3/kv/range",
            "{\"key\":\"%s\",\"range_end\":\"%s\"}".formatted(encode(first), encode(end)));
    List<Found> found = new ArrayList<>();
    for (JsonNode pair : reply.path("kvs")) {
      found.add(
          new Found(
              decode(pair.path("key").asText()).substring(first.length()),
              SessionText.owner(decode(pair.path("value").asText())),
              pair.path("lease").asText()));
    }
    return found;
  }

  private static String encode(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String decode(String text) {
    return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
  }

  @Override
  public long position() {
    JsonNode reply = ask("/v3/kv/range", "{\"key\":\"%s\"}".formatted(encode("/")));
    return reply.path("header").path("revision").asLong();
  }

  /** Compacts up to now, so that every watch that is late is too late, and every server's file. */
  @Override
  public int tidy(String namespace) {
    ask("/v3/kv/compaction", "{\"revision\":\"%d\",\"physical\":true}".formatted(position()));
    for (String endpoint : endpoints) {
      try {
        EtcdHttp.post(endpoint, "/v3/maintenance/defragment", "{}");
      } catch (IOException e) {
        throw new UncheckedIOException("cannot defragment " + endpoint, e);
      }
    }
    return 1;
  }

  /** By the first server that answers. */
  private JsonNode ask(String path, String body) {
    IOException last = new IOException("no servers");
    for (String endpoint : endpoints) {
      try {
        return EtcdHttp.post(endpoint, path, body);
      } catch (IOException e) {
        last = e;
      }
    }
    throw new UncheckedIOException("no server answers " + path, last);
  }

  @Override
  public Set<Capability> capabilities() {
    return CAN;
  }
}
