package io.holdfast.gateway.consul;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The parameters that every reading request may have.
 *
 * @param index what the client has seen; empty if it does not want to wait
 * @param atMost the longest wait, before jitter
 * @param tags all of which an instance must have
 * @param passing whether only those that pass are wanted
 */
record ConsulQuery(Optional<Long> index, Duration atMost, List<String> tags, boolean passing) {

  private static final Duration USUAL_WAIT = Duration.ofMinutes(5);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
  private static final int MOST_TAGS = 16;
  private static final List<String> UNSUPPORTED = List.of("filter", "node-meta", "peer");

  ConsulQuery {
    tags = List.copyOf(tags);
  }

  /**
   * Reads them. What would change the answer and is not served is refused rather than passed over.
   *
   * @throws BadRequestException if something is not as it should be
   */
  static ConsulQuery of(HttpServerRequest request, String datacenter) {
    MultiMap params = request.params();
    for (String name : UNSUPPORTED) {
      if (params.contains(name) && !params.get(name).isEmpty()) {
        throw new BadRequestException("the parameter " + name + " is not served here");
      }
    }
    String dc = params.get("dc");
    if (dc != null && !dc.isEmpty() && !dc.equals(datacenter)) {
      throw new BadRequestException(500, "No path to datacenter");
    }
    List<String> tags =
        params.getAll("tag").stream().filter(tag -> !tag.isEmpty()).distinct().sorted().toList();
    if (tags.size() > MOST_TAGS) {
      throw new BadRequestException("at most " + MOST_TAGS + " tags");
    }
    return new ConsulQuery(
        index(params.get("index")), wait(params.get("wait")), tags, flag(params));
  }

  private static boolean flag(MultiMap params) {
    String passing = params.get("passing");
    return passing != null && !passing.equals("false") && !passing.equals("0");
  }

  private static Optional<Long> index(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return Optional.empty();
    }
    try {
      long index = Long.parseUnsignedLong(text);
      return index == 0 ? Optional.empty() : Optional.of(index);
    } catch (NumberFormatException e) {
      throw new BadRequestException("Invalid index");
    }
  }

  private static Duration wait(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return USUAL_WAIT;
    }
    Duration wait =
        GoDuration.parse(text).orElseThrow(() -> new BadRequestException("Invalid wait time"));
    return wait.isZero() ? USUAL_WAIT : wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
  }

  /** True if it is one of those that are wanted. */
  boolean wants(ConsulInstance shown) {
    return (!passing || shown.isPassing()) && (tags.isEmpty() || shown.tags().containsAll(tags));
  }

  /** What tells answers of one service and state apart. */
  String variant() {
    return passing + "/" + String.join("\0", tags);
  }
}
