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
    if (modes.size() <= 1 || modes.stream().allMatch("read"::equals)) {
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
