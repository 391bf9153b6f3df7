/** {@code holdfast services}: where instances run. {@code ServicesCommand} names the verbs. */
@NullMarked
package io.holdfast.cli.services;

import org.jspecify.annotations.NullMarked;
