package io.holdfast.config;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Snapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The settings in a namespace, by group and name. Safe for use by many threads.
 *
 * <p>Each change makes a new version. The latest versions are kept, the older ones are deleted in
 * the same step that adds one; so an edit, its history and its number agree after any crash.
 * Versions of one setting are never used twice.
 *
 * <p><b>In the store</b>, {@code config/<group>/current/<name>} has what is in force, and {@code
 * config/<group>/history/<name>/<version>} the history. A deleted setting leaves a mark that says
 * so. A group has at most {@value #MOST_SETTINGS} settings, such marks included, and at most 1 MiB
 * of values; an edit beyond that is refused.
 *
 * <p>Futures complete where {@link io.holdfast.spi.Callbacks} run.
 */
public final class ConfigStore {

  static final int MOST_SETTINGS = 1_000;
  static final int LARGEST_GROUP = 1024 * 1024;

  private final Coordinator coordinator;
  private final ConfigOptions options;

  /** With the defaults. */
  public ConfigStore(Coordinator coordinator) {
    this(coordinator, ConfigOptions.defaults(coordinator.options()));
  }

  /** The caller closes the coordinator. */
  public ConfigStore(Coordinator coordinator, ConfigOptions options) {
    this.coordinator = coordinator;
    this.options = options;
  }

  /**
   * Makes a change, once: a lost reply is looked up before it is tried again.
   *
   * @return the new version. Fails with {@link GuardFailedException} (no effect) if the setting is
   *     at another version than was expected, the lock is no longer held, there is nothing to
   *     delete, or the version to go back to is no longer in the history; with {@link
   *     IllegalArgumentException} (no effect) if there is no key for a secret, a secret would be
   *     replaced by a text in clear, or the group would be too large; with {@link
   *     SecretUnreadableException} (no effect) if an earlier secret cannot be decrypted; with
   *     {@link UnavailableException} (no effect) or {@link IndeterminateException} (unknown: look
   *     at the history) once the patience is over, the latter also if the reply was lost and the
   *     history no longer reaches back to the edit
   */
  public CompletableFuture<ConfigVersion> edit(ConfigEdit edit) {
    return coordinator.context().told(new EditAttempts(coordinator, options, edit).run());
  }

  /**
   * Reads one setting, with every change that was acknowledged before.
   *
   * @return the version in force, which may say that the setting is deleted; empty if it was never
   *     set. Fails with {@link UnavailableException}
   */
  public CompletableFuture<Optional<ConfigVersion>> get(ConfigKey key) {
    return history(key)
        .thenApply(
            versions ->
                versions.isEmpty()
                    ? Optional.empty()
                    : Optional.of(versions.get(versions.size() - 1)));
  }

  /**
   * Reads the versions that are kept, oldest first; the last is the one in force.
   *
   * @return fails with {@link UnavailableException}
   */
  public CompletableFuture<List<ConfigVersion>> history(ConfigKey key) {
    return told(
        list(key.history())
            .thenApply(
                there -> {
                  List<ConfigVersion> versions = new ArrayList<>();
                  there
                      .entries()
                      .forEach(
                          entry ->
                              VersionCodec.decode(
                                      key, entry.payload(), entry.modified(), options.keys())
                                  .ifPresent(stored -> versions.add(stored.version())));
                  versions.sort(Comparator.comparing(ConfigVersion::version));
                  return List.copyOf(versions);
                }));
  }

  /**
   * Reads a group, with every change that was acknowledged before.
   *
   * @return fails with {@link UnavailableException}
   */
  public CompletableFuture<ConfigSnapshot> read(String group) {
    return told(
        list(ConfigKey.current(group))
            .thenApply(
                there -> ConfigSnapshot.unknown(group).next(there, options.keys(), Instant.now())));
  }

  /**
   * Names the groups, sorted.
   *
   * @return fails with {@link UnavailableException}
   */
  public CompletableFuture<List<String>> groups() {
    return told(
        coordinator
            .reading()
            .thenCompose(reading -> reading.names(ConfigKey.groups(), Consistency.LINEARIZABLE)));
  }

  /**
   * Encrypts anew, by the first of the keys, each secret of a group that another key has encrypted.
   * Makes a new version of each; earlier versions stay as they are.
   *
   * @return how many. Fails as {@link #edit} does; then some may have been done, and it can be
   *     called again
   */
  public CompletableFuture<Integer> rekey(String group, String reason) {
    String now = options.keys().first().id();
    return read(group)
        .thenCompose(
            snapshot -> {
              CompletableFuture<Integer> done = CompletableFuture.completedFuture(0);
              for (ConfigVersion there : snapshot.settings().values()) {
                Optional<String> by = there.value().flatMap(ConfigValue::encryptedBy);
                if (by.isPresent() && !by.get().equals(now)) {
                  ConfigEdit again =
                      ConfigEdit.rollback(there.key(), there.version())
                          .ifVersion(there.version())
                          .because(reason);
                  done = done.thenCompose(count -> edit(again).thenApply(made -> count + 1));
                }
              }
              return done;
            });
  }

  /**
   * Keeps a group in view until the view is closed. Returns at once, with what an earlier run has
   * left on disk if there is a cache. Blocks for the disk only.
   */
  public ConfigView view(String group) {
    return new ConfigView(coordinator, options, ConfigKey.checkGroup(group));
  }

  private CompletableFuture<Snapshot> list(Key directory) {
    return coordinator
        .reading()
        .thenCompose(reading -> reading.list(directory, Consistency.LINEARIZABLE));
  }

  private <T> CompletableFuture<T> told(CompletableFuture<T> answer) {
    CompletableFuture<T> bounded =
        answer
            .copy()
            .orTimeout(Durations.nanos(options.patience()), TimeUnit.NANOSECONDS)
            .exceptionallyCompose(
                failure ->
                    CompletableFuture.failedFuture(
                        failure instanceof TimeoutException
                            ? new UnavailableException(
                                "no answer within " + Durations.text(options.patience()))
                            : failure));
    return coordinator.context().told(bounded);
  }
}
