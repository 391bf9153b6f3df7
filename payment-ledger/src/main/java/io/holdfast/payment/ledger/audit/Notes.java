package io.holdfast.payment.ledger.audit;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What an audit notes down while it goes on; bounded, whatever it finds. */
final class Notes {

  private final Map<Check, Long> looked = new EnumMap<>(Check.class);
  private final Map<Check, Long> wrong = new EnumMap<>(Check.class);
  private final List<Finding> found = new ArrayList<>();

  void looked(Check check) {
    looked(check, 1);
  }

  void looked(Check check, long more) {
    looked.merge(check, more, Long::sum);
  }

  void wrong(Check check, String where, String what) {
    if (wrong.merge(check, 1L, Long::sum) <= Findings.KEPT) {
      found.add(new Finding(check, where, what));
    }
  }

  Findings findings() {
    return new Findings(
        looked.isEmpty() ? new EnumMap<>(Check.class) : looked,
        wrong.isEmpty() ? new EnumMap<>(Check.class) : wrong,
        found);
  }
}
