/**
 * Files of ISO 20022, as a client of the payment API: {@code holdfast pay} checks and pays a
 * pain.001 and reports with a pain.002; {@code holdfast statement} writes a camt.053. Read {@code
 * PayCommand} first, then {@code PainParser}, {@code FileCheck} and {@code PaymentRun}.
 */
@NullMarked
package io.holdfast.payment.files;

import org.jspecify.annotations.NullMarked;
