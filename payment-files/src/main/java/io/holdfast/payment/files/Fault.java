package io.holdfast.payment.files;

/**
 * What is wrong with a file of payments.
 *
 * @param line where the start tag of the element concerned ends; from 1
 * @param reason for programs
 * @param text for people
 */
record Fault(long line, Reason reason, String text) {

  /** Why, in the words of ISO 20022: its external code list of status reasons. */
  enum Reason {
    /** Not the message, or a part of it is missing or malformed. */
    FORMAT("FF01"),
    MESSAGE_ID_USED("DU01"),
    PAYMENT_INFO_ID_USED("DU02"),
    END_TO_END_ID_USED("DU04"),
    ACCOUNT("AC01"),
    CURRENCY("AM03"),
    AMOUNT("AM12"),
    AMOUNT_LIMIT("AM02"),
    CONTROL_SUM("AM10"),
    NUMBER("AM18"),
    DATE("DT01"),
    /** No code of the list says it: its text does. */
    OTHER("NARR");

    private final String code;

    Reason(String code) {
      this.code = code;
    }

    String code() {
      return code;
    }
  }
}
