package io.holdfast.config;

import io.holdfast.coordination.Revision;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings of a group at some revision. Immutable. Deleted settings are not in it.
 *
 * <p>A setting leaves a snapshot only by being deleted as a setting is: with a mark in the cluster.
 * One that vanishes without such a mark, or becomes unreadable, was lost to an accident or to
 * another program: the last known version stays, is {@link #held}, and a warning is logged.
 *
 * @param group the group's name
 * @param revision the latest change that it is known to contain; {@link Revision#NONE} before the
 *     cluster's first answer
 * @param freshness how current it is
 * @param settings by name, in their order
 * @param held names of those that the cluster no longer has, or has in a form that is unreadable
 * @param asOf when the cluster last confirmed it, by this machine's clock; {@link Instant#EPOCH} if
 *     it never did
 */
public record ConfigSnapshot(
    String group,
    Revision revision,
    ConfigFreshness freshness,
    SortedMap<String, ConfigVersion> settings,
    Set<String> held,
    Instant asOf) {

  private static final Logger LOG = LoggerFactory.getLogger(ConfigSnapshot.class);

  /** Copies the collections. */
  public ConfigSnapshot {
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    held = Set.copyOf(held);
  }

  /** What a view shows before the cluster's first answer: no settings, marked as not current. */
  public static ConfigSnapshot unknown(String group) {
    return new ConfigSnapshot(
        group,
        Revision.NONE,
        ConfigFreshness.STALE,
        Collections.emptySortedMap(),
        Set.of(),
        Instant.EPOCH);
  }

  /** The same settings with another freshness. */
  ConfigSnapshot withFreshness(ConfigFreshness other) {
    return new ConfigSnapshot(group, revision, other, settings, held, asOf);
  }

  /** What the cluster has now; {@link ConfigFreshness#LIVE}. */
  ConfigSnapshot next(Snapshot there, KeyRing keys, Instant now) {
    TreeMap<String, ConfigVersion> next = new TreeMap<>();
    TreeMap<String, ConfigVersion> lost = new TreeMap<>(settings);
    for (Entry entry : there.entries()) {
      String name = entry.key().name();
      if (ConfigKey.isName(name)) {
        VersionCodec.decode(new ConfigKey(group, name), entry.payload(), entry.modified(), keys)
            .map(VersionCodec.Stored::version)
            .ifPresent(
                version -> {
                  lost.remove(name);
                  if (!version.isDeleted()) {
                    next.put(name, version);
                  }
                });
      }
    }
    lost.forEach(
        (name, version) -> {
          next.put(name, version);
          if (!held.contains(name)) {
            LOG.warn(
                "{} has vanished from the cluster without being deleted, or cannot be read there:"
                    + " going on with version {}",
                version.key(),
                version.version());
          }
        });
    return new ConfigSnapshot(
        group, there.revision(), ConfigFreshness.LIVE, next, lost.keySet(), now);
  }

  /** True if the cluster has answered, now or in an earlier run. */
  public boolean isKnown() {
    return !asOf.equals(Instant.EPOCH);
  }

  /** The setting's present version. */
  public Optional<ConfigVersion> find(String name) {
    return Optional.ofNullable(settings.get(name));
  }

  /**
   * The setting's text; a secret is decrypted.
   *
   * @return empty if it is not set
   * @throws SecretUnreadableException if it is a secret that cannot be decrypted here
   */
  public Optional<String> text(String name) {
    return find(name).flatMap(ConfigVersion::value).map(ConfigValue::text);
  }

  /**
   * The setting's text as something else, such as {@code value("ratio", Double::valueOf)}.
   *
   * @param parser gives the value, or throws if the text is no such value
   * @return empty if it is not set
   * @throws InvalidConfigException if {@code parser} throws; the message does not hold the text
   * @throws SecretUnreadableException as {@link #text}
   */
  public <T> Optional<T> value(String name, Function<? super String, ? extends T> parser) {
    return find(name)
        .flatMap(version -> version.value().map(value -> parse(version, value.text(), parser)));
  }

  // The parser's own message may hold the text, and the text may be a secret.
  private static <T> T parse(
      ConfigVersion version, String text, Function<? super String, ? extends T> parser) {
    try {
      return parser.apply(text);
    } catch (RuntimeException e) {
      throw new InvalidConfigException(
          "%s (version %d) is not what the program expects: %s"
              .formatted(version.key(), version.version(), e.getClass().getSimpleName()));
    }
  }

  /**
   * A number.
   *
   * @throws InvalidConfigException if it is none
   */
  public Optional<Long> number(String name) {
    return value(name, text -> Long.valueOf(text.strip()));
  }

  /**
   * A yes or no: {@code true}, {@code false}, {@code on}, {@code off}, {@code yes}, {@code no}.
   *
   * @throws InvalidConfigException if it is none of them
   */
  public Optional<Boolean> flag(String name) {
    return value(
        name,
        text ->
            switch (text.strip()) {
              case "true", "on", "yes" -> true;
              case "false", "off", "no" -> false;
              default -> throw new IllegalArgumentException("neither yes nor no");
            });
  }

  /**
   * A duration: {@code 250ms}, {@code 10s}, {@code 5m}, {@code 2h}, {@code 1d}, or ISO 8601.
   *
   * @throws InvalidConfigException if it is none
   */
  public Optional<Duration> duration(String name) {
    return value(name, DurationText::parse);
  }

  /**
   * A setting without which the program cannot run.
   *
   * @param found such as {@code snapshot.text("url")}
   * @throws InvalidConfigException if it is not set
   */
  public <T> T require(String name, Function<? super String, Optional<T>> found) {
    return found
        .apply(name)
        .orElseThrow(() -> new InvalidConfigException(group + "/" + name + " is not set"));
  }

  /** The texts by name; secrets are left as they print, not decrypted. */
  public Map<String, String> printable() {
    TreeMap<String, String> texts = new TreeMap<>();
    settings.forEach(
        (name, version) -> version.value().ifPresent(value -> texts.put(name, value.toString())));
    return Collections.unmodifiableMap(texts);
  }
}
