package io.holdfast.config;

import io.holdfast.coordination.CoordinatorOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How a {@link ConfigStore} behaves.
 *
 * @param patience how long an edit or a read waits for the cluster, tries again included
 * @param history how many versions of a setting are kept, the present one included: 2 to {@value
 *     #LONGEST_HISTORY}
 * @param keys for secrets
 * @param cache a folder where views keep their last snapshot, to start from when the cluster cannot
 *     be reached; one per cluster and namespace. Its files are for this user only, and hold secrets
 *     only as they are encrypted in the cluster
 */
public record ConfigOptions(Duration patience, int history, KeyRing keys, Optional<Path> cache) {

  /** The most versions that can be kept. */
  public static final int LONGEST_HISTORY = 32;

  private static final int ORDINARY_HISTORY = 20;

  public ConfigOptions {
    if (patience.isNegative() || patience.isZero()) {
      throw new IllegalArgumentException("the patience must be positive: " + patience);
    }
    if (history < 2 || history > LONGEST_HISTORY) {
      throw new IllegalArgumentException(
          "a history has 2 to " + LONGEST_HISTORY + " versions: " + history);
    }
  }

  /** The patience is the connect time-out; 20 versions, no keys, no cache. */
  public static ConfigOptions defaults(CoordinatorOptions options) {
    return new ConfigOptions(
        options.connectTimeout(), ORDINARY_HISTORY, KeyRing.none(), Optional.empty());
  }

  /** With another patience. */
  public ConfigOptions withPatience(Duration other) {
    return new ConfigOptions(other, history, keys, cache);
  }

  /** With a history of another length. */
  public ConfigOptions withHistory(int versions) {
    return new ConfigOptions(patience, versions, keys, cache);
  }

  /** With keys for secrets. */
  public ConfigOptions withKeys(KeyRing other) {
    return new ConfigOptions(patience, history, other, cache);
  }

  /** With a folder for the last snapshots of views; it is created when needed. */
  public ConfigOptions withCache(Path folder) {
    return new ConfigOptions(patience, history, keys, Optional.of(folder));
  }
}
