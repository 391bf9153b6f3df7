package io.holdfast.zookeeper.internal.read;

import io.holdfast.zookeeper.internal.client.Connection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * Tells our session's name from ZooKeeper's number of it, which is all that an ephemeral node
 * shows.
 *
 * <p>A name is the number in sixteen hexadecimal digits and as many random ones, so that it is
 * never used twice even if ZooKeeper's numbers are. Used in the context only.
 */
public final class SessionNames {

  private static final int NUMBER_DIGITS = 16;
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{16}-[0-9a-f]{16}");
  private static final int MOST_KNOWN = 10_000;

  private final Connection connection;
  private final Paths paths;
  private final Map<Long, String> known = new HashMap<>();

  public SessionNames(Connection connection, Paths paths) {
    this.connection = connection;
    this.paths = paths;
  }

  /** A name for the session that ZooKeeper calls {@code number}. */
  public static String create(long number) {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(number) + "-" + hex.toHexDigits(ThreadLocalRandom.current().nextLong());
  }

  /** Learns the names behind {@code owners}, with one more read if there are new ones. */
  public CompletableFuture<?> learn(List<Long> owners) {
    if (known.keySet().containsAll(owners)) {
      return CompletableFuture.completedFuture(known);
    }
    return connection
        .children(paths.sessions())
        .thenAccept(
            sessions -> {
              if (sessions.isOk()) {
                remember(sessions.value().names());
              }
            });
  }

  private void remember(List<String> names) {
    if (known.size() > MOST_KNOWN) {
      known.clear();
    }
    for (String name : names) {
      if (FORM.matcher(name).matches()) {
        known.put(HexFormat.fromHexDigitsToLong(name, 0, NUMBER_DIGITS), name);
      }
    }
  }

  /**
   * Whose an ephemeral node is: our name of the session, or ZooKeeper's number if it is none of
   * ours or already gone. Empty for a node that no session owns.
   */
  public Optional<String> of(long owner) {
    if (owner == 0 || owner == Long.MIN_VALUE) {
      return Optional.empty();
    }
    return Optional.of(known.getOrDefault(owner, HexFormat.of().toHexDigits(owner)));
  }
}
