package io.holdfast.gateway.eureka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.gateway.eureka.Applications.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * What a Eureka server that has this gateway as its peer passes on, many at a time. Nothing is
 * passed on from here.
 */
final class PeerBatch {

  /** Eureka sends 250. */
  private static final int MOST = 1_000;

  private static final int WRONG = 400;

  private final Registrations registrations;
  private final Applications applications;
  private final Function<Throwable, Integer> failures;

  PeerBatch(
      Registrations registrations,
      Applications applications,
      Function<Throwable, Integer> failures) {
    this.registrations = registrations;
    this.applications = applications;
    this.failures = failures;
  }

  /**
   * Does them side by side, and answers in their order.
   *
   * @throws IllegalArgumentException if it is no batch, or too large
   */
  CompletableFuture<ObjectNode> apply(JsonNode body, String by) {
    JsonNode list = body.path("replicationList");
    if (!list.isArray() || list.size() > MOST) {
      throw new IllegalArgumentException("a replicationList has at most " + MOST + " members");
    }
    List<CompletableFuture<ObjectNode>> answers = new ArrayList<>();
    list.forEach(one -> answers.add(one(one, by)));
    return CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0]))
        .thenApply(
            done -> {
              ObjectNode tree = EurekaJson.object();
              ArrayNode all = tree.putArray("responseList");
              answers.forEach(answer -> all.add(answer.join()));
              return tree;
            });
  }

  private CompletableFuture<ObjectNode> one(JsonNode one, String by) {
    CompletableFuture<Integer> status;
    try {
      status = act(one, by);
    } catch (IllegalArgumentException e) {
      status = CompletableFuture.completedFuture(WRONG);
    }
    return status.exceptionally(failures).thenApply(code -> answer(one, code));
  }

  private CompletableFuture<Integer> act(JsonNode one, String by) {
    String application = one.path("appName").asText();
    String id = one.path("id").asText();
    return switch (one.path("action").asText()) {
      case "Heartbeat" -> {
        OptionalLong dirty =
            one.hasNonNull("lastDirtyTimestamp")
                ? OptionalLong.of(one.path("lastDirtyTimestamp").asLong())
                : OptionalLong.empty();
        yield CompletableFuture.completedFuture(registrations.renew(application, id, dirty, true));
      }
      case "Register" -> registrations.register(application, one.path("instanceInfo"));
      case "Cancel" -> registrations.cancel(application, id);
      case "StatusUpdate" ->
          registrations.override(application, id, one.path("status").asText(), by);
      case "DeleteStatusOverride" -> registrations.clearOverride(application, id, by);
      default -> CompletableFuture.completedFuture(WRONG);
    };
  }

  /** With what is known here, if that is newer: the peer takes it over. */
  private ObjectNode answer(JsonNode one, int code) {
    ObjectNode answer = EurekaJson.object().put("statusCode", code);
    if (code == 409) {
      Optional<Entry> there =
          applications.find(one.path("appName").asText(), one.path("id").asText());
      there.ifPresent(entry -> answer.set("responseEntity", entry.document()));
    }
    return answer;
  }
}
