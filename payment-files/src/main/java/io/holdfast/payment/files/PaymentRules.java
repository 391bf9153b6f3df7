package io.holdfast.payment.files;

import io.holdfast.payment.files.Fault.Reason;
import io.holdfast.payment.files.Fields.Field;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Currency;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What each part of a pain.001 must have by itself, and the payments that it asks for. The same for
 * the pass that checks and for the one that pays; one of these for each pass.
 */
final class PaymentRules {

  /** What SEPA writes where the debtor gave no reference; so it is no duplicate. */
  static final String NOT_PROVIDED = "NOTPROVIDED";

  private static final int LONGEST_ID = 35;
  private static final int LONGEST_DATE = 40;
  private static final int LONGEST_NUMBER = 34;
  private static final Set<String> METHODS = Set.of("TRF", "TRA");
  private static final Pattern UETR =
      Pattern.compile("[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}");

  private final AccountNames accounts;
  private final Optional<LocalDate> today;
  private final Faults faults;
  private String messageId = "";
  private String infoId = "";
  private Optional<String> from = Optional.empty();
  private int notProvided;
  private int index;

  /**
   * New ones.
   *
   * @param today no payment is to be executed after this day; empty if the day does not matter
   */
  PaymentRules(AccountNames accounts, Optional<LocalDate> today, Faults faults) {
    this.accounts = accounts;
    this.today = today;
    this.faults = faults;
  }

  void header(Fields header) {
    messageId = header.required("MsgId", LONGEST_ID, faults).map(Field::text).orElse("");
    header
        .required("CreDtTm", LONGEST_DATE, faults)
        .filter(field -> !isDate(field.text(), DateTimeFormatter.ISO_DATE_TIME))
        .ifPresent(field -> faults.add(field, Reason.DATE, "CreDtTm is no date with a time"));
    header.required("NbOfTxs", 15, faults);
    header.requirePart("InitgPty", faults);
  }

  void paymentInfo(Fields info) {
    infoId = info.required("PmtInfId", LONGEST_ID, faults).map(Field::text).orElse("");
    notProvided = 0;
    info.required("PmtMtd", LONGEST_ID, faults)
        .filter(field -> !METHODS.contains(field.text()))
        .ifPresent(
            field ->
                faults.add(field, Reason.FORMAT, "PmtMtd must be TRF: only transfers are paid"));
    executionDate(info);
    info.requirePart("Dbtr", faults);
    info.requirePart("DbtrAgt", faults);
    from = account(info, "DbtrAcct");
  }

  private void executionDate(Fields info) {
    // A choice of two since version 08.
    Optional<Field> date =
        info.get("ReqdExctnDt/Dt")
            .or(() -> info.get("ReqdExctnDt/DtTm"))
            .or(() -> info.required("ReqdExctnDt", LONGEST_DATE, faults));
    if (date.isEmpty()) {
      return;
    }
    String text = date.get().text();
    boolean withTime = text.contains("T");
    if (!isDate(text, withTime ? DateTimeFormatter.ISO_DATE_TIME : DateTimeFormatter.ISO_DATE)) {
      faults.add(date.get(), Reason.DATE, "ReqdExctnDt is no date");
    } else if (today.isPresent() && LocalDate.parse(text.substring(0, 10)).isAfter(today.get())) {
      faults.add(
          date.get(),
          Reason.DATE,
          "to be executed on %s, and today is %s".formatted(text, today.get()));
    }
  }

  private static boolean isDate(String text, DateTimeFormatter format) {
    try {
      LocalDate.from(format.parse(text));
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }

  /**
   * The amount as a number, for the control sum; empty if there is none, which is no fault here.
   */
  static Optional<BigDecimal> number(Fields transfer) {
    return transfer
        .get("Amt/InstdAmt")
        .or(() -> transfer.get("Amt/EqvtAmt/Amt"))
        .flatMap(field -> InstructedAmount.decimal(field.text()));
  }

  /** The payment; empty if it has faults. */
  Optional<Payment> transfer(Fields transfer) {
    int place = index++;
    Optional<Field> id = transfer.required("PmtId/EndToEndId", LONGEST_ID, faults);
    transfer
        .get("PmtId/UETR")
        .filter(field -> !UETR.matcher(field.text()).matches())
        .ifPresent(field -> faults.add(field, Reason.FORMAT, "PmtId/UETR is no UUID of version 4"));
    Optional<BigDecimal> amount = amount(transfer);
    Optional<String> to = account(transfer, "CdtrAcct");
    if (to.isPresent() && to.equals(from)) {
      faults.add(transfer.line(), Reason.ACCOUNT, "debtor and creditor have the same account");
      return Optional.empty();
    }
    if (id.isEmpty() || amount.isEmpty() || to.isEmpty() || from.isEmpty()) {
      return Optional.empty();
    }
    String endToEndId = id.get().text();
    int sameIds = endToEndId.equals(NOT_PROVIDED) ? notProvided++ : 0;
    return Optional.of(
        new Payment(
            place,
            endToEndId,
            Payment.key(messageId, infoId, endToEndId, sameIds),
            from.get(),
            to.get(),
            amount.get().longValueExact(),
            transfer.get("Amt/InstdAmt").orElseThrow().currency()));
  }

  /** In minor units. */
  private Optional<BigDecimal> amount(Fields transfer) {
    Optional<Field> equivalent = transfer.get("Amt/EqvtAmt");
    if (equivalent.isPresent()) {
      faults.add(
          equivalent.get(), Reason.FORMAT, "EqvtAmt asks for an exchange, which is not done here");
      return Optional.empty();
    }
    Optional<Field> field = transfer.required("Amt/InstdAmt", LONGEST_NUMBER, faults);
    if (field.isEmpty()) {
      return Optional.empty();
    }
    String code = field.get().currency();
    Optional<Currency> currency = InstructedAmount.currency(code);
    if (currency.isEmpty()) {
      faults.add(
          field.get(),
          Reason.CURRENCY,
          "'%s' is no currency of ISO 4217 to pay in".formatted(code));
      return Optional.empty();
    }
    return minorUnits(field.get(), currency.get());
  }

  private Optional<BigDecimal> minorUnits(Field field, Currency currency) {
    Optional<BigDecimal> number = InstructedAmount.decimal(field.text());
    if (number.isEmpty()) {
      faults.add(field, Reason.AMOUNT, "InstdAmt is no decimal number of at most 18 digits");
      return Optional.empty();
    }
    Optional<BigDecimal> units = InstructedAmount.minorUnits(number.get(), currency);
    if (units.isEmpty()) {
      faults.add(
          field,
          Reason.AMOUNT,
          "%s has %d decimals, so there is no amount of %s"
              .formatted(currency, currency.getDefaultFractionDigits(), field.text()));
    } else if (units.get().signum() == 0) {
      faults.add(field, Reason.AMOUNT, "the amount is zero");
      return Optional.empty();
    } else if (units.get().compareTo(BigDecimal.valueOf(InstructedAmount.MOST)) > 0) {
      faults.add(
          field,
          Reason.AMOUNT_LIMIT,
          "more than %d minor units of %s".formatted(InstructedAmount.MOST, currency));
      return Optional.empty();
    }
    return units;
  }

  private Optional<String> account(Fields part, String element) {
    Optional<Field> iban = part.get(element + "/Id/IBAN");
    if (iban.isPresent()) {
      String normal = Iban.normal(iban.get().text());
      Optional<String> wrong = Iban.fault(normal);
      if (wrong.isPresent()) {
        faults.add(iban.get(), Reason.ACCOUNT, element + ": the IBAN " + wrong.get());
        return Optional.empty();
      }
      return known(iban.get(), element, normal);
    }
    Optional<Field> other = part.get(element + "/Id/Othr/Id");
    if (other.isEmpty()) {
      faults.add(
          part.line(), Reason.ACCOUNT, element + " with an account is missing in " + part.name());
      return Optional.empty();
    }
    return known(other.get(), element, other.get().text());
  }

  private Optional<String> known(Field where, String element, String number) {
    Optional<String> account = accounts.accountOf(number);
    if (account.isEmpty()) {
      faults.add(where, Reason.ACCOUNT, element + ": no account of the ledger goes by this number");
    }
    return account;
  }
}
