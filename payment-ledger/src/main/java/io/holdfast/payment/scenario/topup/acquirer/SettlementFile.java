package io.holdfast.payment.scenario.topup.acquirer;

import io.holdfast.payment.ledger.Money;
import java.io.IOException;
import java.io.Reader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What an acquirer settled on one day, as CSV (RFC 4180, without quotes) in US-ASCII:
 *
 * <pre>
 *   settlement,2,2026-01-31                               version and day in UTC
 *   charge,ch_7,topup_…,1000,EUR,2026-01-31T09:00:00Z     id, reference, minor units, time
 *   chargeback,cb_2,topup_…,1000,EUR,2026-01-31T10:00:00Z
 *   reversal,rv_2,topup_…,1000,EUR,2026-01-31T11:00:00Z   of a chargeback
 *   total,EUR,1,1000,1,1000,1,1000                        charges: count, sum; the others likewise
 *   end,3                                                 how many rows there are of the three
 * </pre>
 *
 * <p>Version 1 has no reversals, and none in its totals.
 *
 * <p>It is read once to check it, in constant memory, and then again to use it, so that nothing of
 * a file counts that was cut short or does not add up.
 */
public final class SettlementFile {

  private static final int LONGEST_LINE = 1_000;
  private static final int MOST_FAULTS = 100;
  private static final String VERSION = "2";
  private static final String BEFORE_REVERSALS = "1";
  private static final int ROW = 6;
  private static final int TOTAL = 8;

  private final Path file;
  private final LocalDate day;
  private final long rows;

  private SettlementFile(Path file, LocalDate day, long rows) {
    this.file = file;
    this.day = day;
    this.rows = rows;
  }

  /**
   * Checks a file: its form, that it is of this day and whole, and that counts and sums are right
   * in each currency.
   *
   * @throws SettlementFileException if it is not; with every fault
   * @throws IOException if it cannot be read
   */
  public static SettlementFile open(Path file, LocalDate day)
      throws IOException, SettlementFileException {
    Check check = new Check(day);
    read(file, check::line);
    check.finish();
    if (!check.faults.isEmpty()) {
      throw new SettlementFileException(check.faults);
    }
    return new SettlementFile(file, day, check.rows);
  }

  /** Which day it is of, in UTC. */
  public LocalDate day() {
    return day;
  }

  /** How many charges, chargebacks and reversals there are. */
  public long rows() {
    return rows;
  }

  /**
   * Hands over the charges, chargebacks and reversals, in the file's order. Blocks.
   *
   * @throws IOException if the file cannot be read, or has changed since it was checked
   */
  public void forEach(Consumer<SettlementRow> to) throws IOException {
    long[] seen = new long[1];
    try {
      read(
          file,
          fields -> {
            if (fields.get(0).startsWith("charge") || fields.get(0).equals("reversal")) {
              to.accept(row(fields, day));
              seen[0]++;
            }
          });
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IOException("the settlement file has changed since it was checked", e);
    }
    if (seen[0] != rows) {
      throw new IOException("the settlement file has changed since it was checked");
    }
  }

  private static void read(Path file, Consumer<List<String>> line) throws IOException {
    try (Reader from = Files.newBufferedReader(file, StandardCharsets.US_ASCII)) {
      StringBuilder text = new StringBuilder();
      for (int next = from.read(); next >= 0; next = from.read()) {
        if (next == '\n') {
          line.accept(fields(text));
          text.setLength(0);
        } else if (text.length() == LONGEST_LINE) {
          throw new IOException("a line of more than " + LONGEST_LINE + " characters");
        } else {
          text.append((char) next);
        }
      }
      if (!text.isEmpty()) {
        line.accept(fields(text));
      }
    }
  }

  private static List<String> fields(StringBuilder line) {
    int end = line.length();
    if (end > 0 && line.charAt(end - 1) == '\r') {
      line.setLength(end - 1);
    }
    return List.of(line.toString().split(",", -1));
  }

  private static SettlementRow row(List<String> fields, LocalDate day) {
    if (fields.size() != ROW) {
      throw new IllegalArgumentException("a row has " + ROW + " fields");
    }
    for (String name : fields.subList(1, 3)) {
      if (!name.matches("[A-Za-z0-9._:-]{1,100}")) {
        throw new IllegalArgumentException("a name is 1 to 100 letters, digits and . _ : -");
      }
    }
    Money money = Money.of(number(fields.get(3)), fields.get(4));
    if (money.minorUnits() == 0) {
      throw new IllegalArgumentException("a row over nothing");
    }
    Instant at = Instant.parse(fields.get(5));
    if (!at.atZone(ZoneOffset.UTC).toLocalDate().equals(day)) {
      throw new IllegalArgumentException("a time on another day");
    }
    return new SettlementRow(
        SettlementRow.Type.valueOf(fields.get(0).toUpperCase(Locale.ROOT)),
        fields.get(1),
        fields.get(2),
        money,
        at);
  }

  private static long number(String text) {
    return whole(text, 18).longValueExact();
  }

  private static BigInteger sum(String text) {
    return whole(text, 40);
  }

  private static BigInteger whole(String text, int digits) {
    if (text.length() > digits || !text.matches("[0-9]+")) {
      throw new IllegalArgumentException("not a whole number");
    }
    return new BigInteger(text);
  }

  /** How much of something, in one currency. */
  private record Total(
      long charges,
      BigInteger charged,
      long chargebacks,
      BigInteger takenBack,
      long reversals,
      BigInteger givenBack) {
    static final Total NOTHING =
        new Total(0, BigInteger.ZERO, 0, BigInteger.ZERO, 0, BigInteger.ZERO);

    static Total of(SettlementRow.Type type, BigInteger amount) {
      return switch (type) {
        case CHARGE -> new Total(1, amount, 0, BigInteger.ZERO, 0, BigInteger.ZERO);
        case CHARGEBACK -> new Total(0, BigInteger.ZERO, 1, amount, 0, BigInteger.ZERO);
        case REVERSAL -> new Total(0, BigInteger.ZERO, 0, BigInteger.ZERO, 1, amount);
      };
    }

    Total plus(Total more) {
      return new Total(
          charges + more.charges,
          charged.add(more.charged),
          chargebacks + more.chargebacks,
          takenBack.add(more.takenBack),
          reversals + more.reversals,
          givenBack.add(more.givenBack));
    }
  }

  /** Reads line by line and remembers sums only. */
  private static final class Check {
    private final LocalDate day;
    private final List<String> faults = new ArrayList<>();
    private final Map<String, Total> summed = new TreeMap<>();
    private final Map<String, Total> stated = new TreeMap<>();
    private long rows;
    private long number;
    private boolean ended;
    private boolean old;

    Check(LocalDate day) {
      this.day = day;
    }

    void line(List<String> fields) {
      number++;
      try {
        if (ended) {
          throw new IllegalArgumentException("more after the end");
        }
        if (number == 1) {
          old = fields.equals(List.of("settlement", BEFORE_REVERSALS, day.toString()));
          if (!old && !fields.equals(List.of("settlement", VERSION, day.toString()))) {
            throw new IllegalArgumentException("not the head of a settlement of " + day);
          }
          return;
        }
        switch (fields.get(0)) {
          case "charge", "chargeback" -> row(SettlementFile.row(fields, day));
          case "reversal" -> {
            if (old) {
              throw new IllegalArgumentException("not a kind of row of version 1");
            }
            row(SettlementFile.row(fields, day));
          }
          case "total" -> total(fields);
          case "end" -> end(fields);
          default -> throw new IllegalArgumentException("not a kind of row");
        }
      } catch (IllegalArgumentException | DateTimeException e) {
        // The words of these are ours, except for those about a time, which may quote the file.
        fault(e instanceof DateTimeException ? "not a time such as 2026-01-31T09:00:00Z" : said(e));
      }
    }

    private static String said(Exception e) {
      return String.valueOf(e.getMessage());
    }

    private void row(SettlementRow row) {
      BigInteger amount = BigInteger.valueOf(row.money().minorUnits());
      summed.merge(row.money().code(), Total.of(row.type(), amount), Total::plus);
      rows++;
    }

    private void total(List<String> fields) {
      int size = old ? ROW : TOTAL;
      if (fields.size() != size) {
        throw new IllegalArgumentException("a total has " + size + " fields");
      }
      Total total =
          new Total(
              number(fields.get(2)),
              sum(fields.get(3)),
              number(fields.get(4)),
              sum(fields.get(5)),
              old ? 0 : number(fields.get(6)),
              old ? BigInteger.ZERO : sum(fields.get(7)));
      if (stated.put(Money.of(0, fields.get(1)).code(), total) != null) {
        throw new IllegalArgumentException("a second total of a currency");
      }
    }

    private void end(List<String> fields) {
      ended = true;
      if (fields.size() != 2 || number(fields.get(1)) != rows) {
        throw new IllegalArgumentException("the end counts other rows than there are, " + rows);
      }
    }

    void finish() {
      if (!ended) {
        fault("the file has no end: it was cut short");
      }
      summed.keySet().stream()
          .filter(currency -> !stated.containsKey(currency))
          .forEach(currency -> fault("there is no total of " + currency));
      stated.forEach(
          (currency, total) -> {
            if (!total.equals(summed.getOrDefault(currency, Total.NOTHING))) {
              fault("the total of " + currency + " is not what the rows come to");
            }
          });
    }

    private void fault(String what) {
      if (faults.size() < MOST_FAULTS) {
        faults.add("line " + number + ": " + what);
      }
    }
  }
}
