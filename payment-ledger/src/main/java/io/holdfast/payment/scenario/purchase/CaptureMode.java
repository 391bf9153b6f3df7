package io.holdfast.payment.scenario.purchase;

/** When the payer's money moves. The names are in the database and never change. */
public enum CaptureMode {
  /** It is held first; the merchant captures it, wholly or in parts. */
  MANUAL,
  /** All of it, right after the authorisation. */
  AUTOMATIC
}
