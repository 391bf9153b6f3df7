/**
 * What an operator of a payment cluster does at the command line: callers, test certificates, and
 * what {@code holdfast transactions} knows of operators' keys and of payments.
 */
@NullMarked
package io.holdfast.demo.operators;

import org.jspecify.annotations.NullMarked;
