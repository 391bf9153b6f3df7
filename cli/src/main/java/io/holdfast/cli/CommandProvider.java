package io.holdfast.cli;

import java.util.List;

/**
 * Adds commands to {@code holdfast}. Found with {@link java.util.ServiceLoader}: the command itself
 * needs nothing of what they need.
 */
public interface CommandProvider {

  /** Their classes, each with picocli's {@code @Command}; help lists them first, in this order. */
  List<Class<?>> commands();
}
