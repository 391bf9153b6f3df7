/** Tests of what operators do at the command line. */
@NullMarked
package io.holdfast.demo.operators;

import org.jspecify.annotations.NullMarked;
