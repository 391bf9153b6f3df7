/**
 * What an operator of a payment cluster does at the command line: callers, and test certificates.
 */
@NullMarked
package io.holdfast.demo.operators;

import org.jspecify.annotations.NullMarked;
