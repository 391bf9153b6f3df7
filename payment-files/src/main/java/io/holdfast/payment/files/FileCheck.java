package io.holdfast.payment.files;

import io.holdfast.payment.files.Fault.Reason;
import io.holdfast.payment.files.Fields.Field;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The first pass over a file: finds every fault before anything is paid.
 *
 * <p>What it keeps does not grow with the texts in the file: 20 bytes for each id, and four for
 * each payment information block.
 */
final class FileCheck implements PainHandler {

  /** So many fit into half a gigabyte. */
  static final int MOST_TRANSFERS = 5_000_000;

  private static final int MOST_BLOCKS = 500_000;

  private final Faults faults;
  private final PaymentRules rules;
  private final UniqueIds endToEndIds = new UniqueIds();
  private final UniqueIds infoIds = new UniqueIds();
  private final Total whole = new Total();
  private Total block = new Total();
  private PainVersion version = PainVersion.V03;
  private String messageName = "pain.001";
  private @Nullable Fields header;
  private @Nullable Fields info;
  private final List<Integer> numberOfInfo = new ArrayList<>();

  private FileCheck(AccountNames accounts, Optional<LocalDate> today, Faults faults) {
    this.faults = faults;
    this.rules = new PaymentRules(accounts, today, faults);
  }

  /** How many, and their sum. */
  private static final class Total {
    private int number;
    private BigDecimal sum = BigDecimal.ZERO;
  }

  /**
   * Checks a file.
   *
   * @param today no payment is to be executed after this day; empty if the day does not matter
   * @param faults where to put what is wrong
   * @throws IOException if the file cannot be read
   */
  static CheckedFile check(
      InputStream file, AccountNames accounts, Optional<LocalDate> today, Faults faults)
      throws IOException {
    FileCheck check = new FileCheck(accounts, today, faults);
    try {
      PainParser.parse(file, check, faults);
      check.finish();
    } catch (BrokenFileException e) {
      faults.add(e.line(), Reason.FORMAT, e.what());
    }
    PinnedFile.drain(file);
    return check.result();
  }

  private CheckedFile result() {
    Optional<Field> id = Optional.ofNullable(header).flatMap(fields -> fields.get("MsgId"));
    return new CheckedFile(
        version,
        messageName,
        id.map(Field::text).orElse(""),
        id.map(Field::line).orElse(1L),
        whole.number,
        whole.sum,
        List.copyOf(numberOfInfo));
  }

  @Override
  public void message(PainVersion found, String name) {
    version = found;
    messageName = name;
  }

  @Override
  public void header(Fields fields) {
    header = fields;
    rules.header(fields);
  }

  @Override
  public void paymentInfo(Fields fields) {
    info = fields;
    block = new Total();
    rules.paymentInfo(fields);
    fields
        .get("PmtInfId")
        .ifPresent(id -> checkUnique("PmtInfId", id, infoIds, Reason.PAYMENT_INFO_ID_USED));
  }

  @Override
  public void transfer(Fields transfer) throws IOException {
    if (whole.number == MOST_TRANSFERS) {
      throw new BrokenFileException(
          transfer.line(), "more than " + MOST_TRANSFERS + " transactions: split the file");
    }
    rules.transfer(transfer);
    Optional<BigDecimal> amount = PaymentRules.number(transfer);
    for (Total each : new Total[] {block, whole}) {
      each.number++;
      amount.ifPresent(number -> each.sum = each.sum.add(number));
    }
    transfer
        .get("PmtId/EndToEndId")
        .filter(id -> !id.text().equals(PaymentRules.NOT_PROVIDED))
        .ifPresent(id -> checkUnique("EndToEndId", id, endToEndIds, Reason.END_TO_END_ID_USED));
  }

  private void checkUnique(String what, Field id, UniqueIds ids, Reason reason) {
    int before = ids.add(id.text(), id.line());
    if (before != 0) {
      faults.add(id, reason, "%s '%s' is that of line %d".formatted(what, id.text(), before));
    }
  }

  @Override
  public void endOfPaymentInfo() throws IOException {
    Fields fields = info;
    if (fields == null) {
      return;
    }
    if (numberOfInfo.size() == MOST_BLOCKS) {
      throw new BrokenFileException(
          fields.line(), "more than " + MOST_BLOCKS + " blocks PmtInf: split the file");
    }
    if (block.number == 0) {
      faults.add(fields.line(), Reason.FORMAT, "CdtTrfTxInf is missing in PmtInf");
    }
    compare(fields, block);
    numberOfInfo.add(block.number);
  }

  private void finish() {
    if (header != null) {
      compare(header, whole);
    }
  }

  private void compare(Fields said, Total total) {
    said.get("NbOfTxs")
        .filter(field -> !field.text().isEmpty())
        .ifPresent(
            field -> {
              Optional<BigDecimal> number =
                  field.text().matches("[0-9]{1,15}")
                      ? InstructedAmount.decimal(field.text())
                      : Optional.empty();
              if (number.isEmpty()
                  || number.get().compareTo(BigDecimal.valueOf(total.number)) != 0) {
                faults.add(
                    field,
                    Reason.NUMBER,
                    "NbOfTxs is %s, and there are %d".formatted(field.text(), total.number));
              }
            });
    said.get("CtrlSum")
        .ifPresent(
            field -> {
              Optional<BigDecimal> sum = InstructedAmount.decimal(field.text());
              if (sum.isEmpty() || sum.get().compareTo(total.sum) != 0) {
                faults.add(
                    field,
                    Reason.CONTROL_SUM,
                    "CtrlSum is %s, and the amounts add up to %s"
                        .formatted(field.text(), total.sum.toPlainString()));
              }
            });
  }
}
