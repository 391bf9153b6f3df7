package io.holdfast.lock;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who may hold together, written once more and plainly, for the recipe to be checked against. */
final class ModeRule {

  private static final Pattern PERMITS = Pattern.compile("permits(\\d+)of(\\d+)");

  private ModeRule() {}

  /** True if all these may hold one lock at the same time. */
  static boolean together(List<String> modes) {
    long others = modes.stream().filter(mode -> !mode.equals("read")).count();
    if (modes.size() <= 1 || others == 0) {
      return true;
    }
    if (others == 1 && modes.contains("upgradable")) {
      return true;
    }
    int taken = 0;
    String total = "";
    for (String mode : modes) {
      Matcher permits = PERMITS.matcher(mode);
      if (!permits.matches() || !(total.isEmpty() || total.equals(permits.group(2)))) {
        return false;
      }
      taken += Integer.parseInt(permits.group(1));
      total = permits.group(2);
    }
    return taken <= Integer.parseInt(total);
  }
}
