//! Spanish.

use crate::demo::language::{Language, Problem, company};

pub(super) static SPANISH: Language = Language {
    code: "es",
    share: 10,
    companies: &[
        company("Cerámicas Alcornoque", "alcornoque.example.com", "ALCORNOQUE"),
        company("Gestoría Peñablanca", "penablanca.example.net", "PENABLANCA"),
    ],
    people: &[
        ("Araceli Montealto", "araceli.montealto"),
        ("Bruno Valdeolmillos", "bruno.valdeolmillos"),
        ("Covadonga Ríofrío", "covadonga.riofrio"),
        ("Íñigo Peñarrubia", "inigo.penarrubia"),
        ("Jacinta Olivarejo", "jacinta.olivarejo"),
        ("Máximo Torrealdea", "maximo.torrealdea"),
        ("Rocío Campodónico Güell", "rocio.campodonico"),
        ("Úrsula Zaldíbar", "ursula.zaldibar"),
    ],
    greetings: &[
        "Hola, soy {technician}. ¿En qué puedo ayudarle?",
        "Buenos días, le atiende {technician}. Ya veo su pantalla. ¿Qué ha ocurrido?",
    ],
    meanwhile: &[
        ["Un momento, por favor, lo estoy mirando.", "Claro, sin prisa."],
        ["¿Le había pasado antes?", "Sí, la semana pasada."],
        ["¿Puede guardar los documentos abiertos?", "Ya está."],
        ["Esto tardará unos tres minutos.", "De acuerdo, espero."],
        ["¿Les ocurre también a sus compañeros?", "No, solo a mí."],
    ],
    closings: &[
        ["¿Puedo ayudarle en algo más?", "No, eso era todo. ¡Muchas gracias!"],
        ["Cierro entonces la sesión. ¡Que tenga buen día!", "Igualmente, adiós."],
    ],
    labels: ["Número de inventario", "Incidencia", "Departamento", "Empresa"],
    departments: &["Contabilidad", "Ventas", "Almacén", "Recepción", "Diseño"],
    maintenance: &[
        "Actualizaciones mensuales instaladas por el agente, reinicio fuera de horario.",
        "Copia de seguridad revisada y certificado renovado.",
    ],
    problems: &[
        Problem {
            descriptions: &[
                "La impresora no aparece en la lista.",
                "Las etiquetas salen cortadas.",
            ],
            talk: &[
                "No encuentro la impresora nueva en la lista.",
                "La estoy añadiendo. ¿Está en la planta baja o en la primera?",
                "En la primera, junto al ascensor.",
                "Ya está. He enviado una página de prueba.",
                "¡Ha salido perfecta!",
            ],
            notes: &[
                "Impresora de la primera planta añadida, prueba correcta.",
                "Tamaño de papel corregido en el controlador.",
            ],
        },
        Problem {
            descriptions: &[
                "Error de certificado al abrir la VPN.",
                "La VPN no conecta desde casa.",
            ],
            talk: &[
                "Al conectar la VPN me sale un aviso de certificado.",
                "El reloj de su equipo va dos días atrasado. Por eso lo rechaza.",
                "Anda, no me había fijado.",
                "Lo he puesto en hora. Pruebe otra vez, por favor.",
                "¡Conectado! Muchas gracias.",
            ],
            notes: &[
                "Reloj atrasado: sincronización activada, la VPN conecta.",
                "Perfil de VPN importado de nuevo.",
            ],
        },
        Problem {
            descriptions: &[
                "Recibo muchísimo correo basura.",
                "No puedo enviar correos con adjuntos.",
            ],
            talk: &[
                "Desde el lunes recibo cientos de correos basura.",
                "El filtro estaba desactivado en su buzón. Lo activo ahora.",
                "¿Y los que ya han llegado?",
                "Los muevo a la carpeta de no deseados. Revise por si hubiera alguno bueno.",
                "Solo había uno y ya lo he rescatado.",
            ],
            notes: &[
                "Filtro de correo activado, 612 mensajes movidos.",
                "Límite de adjuntos explicado, carpeta compartida creada.",
            ],
        },
        Problem {
            descriptions: &["No me llega el código de verificación.", "He olvidado mi contraseña."],
            talk: &[
                "No me llega el código al móvil.",
                "Figura su número antiguo. Le llamo a la centralita para confirmar quién es.",
                "Aquí estoy.",
                "Gracias. He cambiado el número; le llegará un código nuevo.",
                "Recibido, ya estoy dentro.",
            ],
            notes: &[
                "Número de teléfono actualizado tras confirmar la identidad.",
                "Contraseña restablecida por el usuario.",
            ],
        },
        Problem {
            descriptions: &[
                "El programa de facturas se cierra solo.",
                "Necesito instalar el programa de diseño.",
            ],
            talk: &[
                "El programa de facturas se cierra al abrirlo.",
                "Le falta un componente que se borró con la última actualización.",
                "¿Perderé las facturas?",
                "No, están en el servidor. Estoy reinstalando el componente.",
                "Ya abre, y están todas.",
            ],
            notes: &[
                "Componente reinstalado, el programa abre con normalidad.",
                "Programa de diseño instalado con licencia aprobada.",
            ],
        },
    ],
};
