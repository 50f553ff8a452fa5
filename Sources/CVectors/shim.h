#include "columns.h"
#include "curves.h"
#include "survey.h"
#include "choice.h"
