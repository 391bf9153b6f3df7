package io.holdfast.config;

import java.util.Collections;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a view showed before, and what it shows now. Quick changes come as one.
 *
 * @param before what the listener was told last
 * @param after the present snapshot
 */
public record ConfigChange(ConfigSnapshot before, ConfigSnapshot after) {

  /**
   * Names of the settings that were set, changed or deleted; empty if only the freshness changed.
   */
  public SortedSet<String> changed() {
    TreeSet<String> names = new TreeSet<>(before.settings().keySet());
    names.addAll(after.settings().keySet());
    names.removeIf(name -> Objects.equals(before.settings().get(name), after.settings().get(name)));
    return Collections.unmodifiableSortedSet(names);
  }
}
