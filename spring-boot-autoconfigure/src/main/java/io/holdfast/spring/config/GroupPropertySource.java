package io.holdfast.spring.config;

import io.holdfast.config.ConfigSnapshot;
import io.holdfast.config.ConfigView;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.EnumerablePropertySource;

/**
 * A group in the environment. What it has changes only when {@link #show} says so: all of a
 * snapshot at once.
 */
final class GroupPropertySource extends EnumerablePropertySource<ConfigView> {

  private volatile SortedMap<String, String> texts;

  /** Decrypts the secrets. */
  GroupPropertySource(ConfigView view, ConfigSnapshot first) {
    super("holdfast:" + view.group(), view);
    this.texts = texts(first);
  }

  private static SortedMap<String, String> texts(ConfigSnapshot snapshot) {
    TreeMap<String, String> texts = new TreeMap<>();
    snapshot
        .settings()
        .forEach(
            (name, version) -> version.value().ifPresent(value -> texts.put(name, value.text())));
    return Collections.unmodifiableSortedMap(texts);
  }

  /**
   * Shows another snapshot.
   *
   * @return names of the properties that have changed, come or gone
   * @throws io.holdfast.config.SecretUnreadableException if one cannot be decrypted; then nothing
   *     has changed
   */
  SortedSet<String> show(ConfigSnapshot next) {
    SortedMap<String, String> before = texts;
    SortedMap<String, String> after = texts(next);
    texts = after;
    TreeSet<String> changed = new TreeSet<>(before.keySet());
    changed.addAll(after.keySet());
    changed.removeIf(name -> before.containsKey(name) && before.get(name).equals(after.get(name)));
    return changed;
  }

  @Override
  public String[] getPropertyNames() {
    return texts.keySet().toArray(String[]::new);
  }

  @Override
  public boolean containsProperty(String name) {
    return texts.containsKey(name);
  }

  @Override
  public @Nullable Object getProperty(String name) {
    return texts.get(name);
  }
}
