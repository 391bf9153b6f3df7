package io.holdfast.chaos.fault;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a session's entry in a store says, read past the library. */
final class SessionText {

  private static final Pattern NAME = Pattern.compile("^name=(.*)$", Pattern.MULTILINE);

  private SessionText() {}

  /** The name of the owner; empty if the text has none. */
  static String owner(String text) {
    Matcher name = NAME.matcher(text);
    return name.find() ? name.group(1) : "";
  }
}
